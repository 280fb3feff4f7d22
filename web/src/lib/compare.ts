/** What differs between two plans, as the server tells it: the part of the record that the pages read. */

import type { Finding } from "./problem";

export interface LineChange {
  readonly id: string;
  readonly customer: string;
  readonly item: string;
  readonly kind: string;
  readonly due: number | null;
  readonly completion_before: number | null;
  readonly completion: number | null;
  readonly later_min: number | null;
  readonly lateness_min_before: number | null;
  readonly lateness_min: number | null;
  readonly status_before: string;
  readonly status: string;
  readonly reason: string;
}

export interface FigureChange {
  readonly name: string;
  readonly unit: string;
  readonly before: number | null;
  readonly after: number | null;
  readonly better: "lower" | "higher" | "";
}

export interface Comparison {
  readonly lines: readonly LineChange[];
  readonly figures: readonly FigureChange[];
  readonly stability: { readonly moved: number; readonly frozen: number };
  readonly findings: readonly Finding[];
}

export interface Preview {
  readonly compare: Comparison;
  readonly findings: readonly Finding[];
  readonly mode: "repair" | "replan";
  readonly moves: number;
  readonly certified: boolean;
  readonly board: { readonly n: number; readonly columns: Readonly<Record<string, readonly number[]>> };
}

const SAME = "kept";

/** The lines that are not as they were. */
export function changedLines(compare: Comparison): LineChange[] {
  return compare.lines.filter((line) => line.kind !== SAME);
}

/** The figures that are not as they were. */
export function changedFigures(compare: Comparison): FigureChange[] {
  return compare.figures.filter((figure) => figure.before !== figure.after);
}

/** How many lines of these kinds there are. */
export function count(compare: Comparison, ...kinds: string[]): number {
  return compare.lines.filter((line) => kinds.includes(line.kind)).length;
}
