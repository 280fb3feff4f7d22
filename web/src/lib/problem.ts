/** What the server says where it refuses: one shape, with every finding and its advice. */

export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly subject: string;
  readonly what: string;
  readonly advice: string;
  readonly source: string;
  readonly table?: string;
  readonly row?: number | null;
  readonly column?: number | null;
}

export interface JournalRow {
  readonly position: number;
  readonly who: string;
  readonly when: number;
  readonly why: string;
  readonly text: string;
  readonly change: Record<string, unknown> | null;
  readonly mode: string;
  readonly withdrawn: boolean;
}

export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly findings: readonly Finding[],
    readonly between: readonly JournalRow[],
  ) {
    super(detail || title);
  }
}

/** The problem that an answer tells of; what is no problem document is one by its status alone. */
export async function problemOf(answer: Response): Promise<Problem> {
  const told = await answer.json().catch(() => ({}));
  const title = told.title ?? answer.statusText;
  return new Problem(answer.status, title, told.detail ?? "", told.findings ?? [], told.between ?? []);
}
