/** Talk to the server: answers kept by their ETag, writes with what they were decided on. */

import { problemOf } from "./problem";

interface Kept {
  readonly etag: string;
  readonly body: unknown;
}

const MOST_KEPT = 40;
const kept = new Map<string, Kept>();
let csrf = "";

/** The token that every write of this session carries. */
export function useToken(token: string): void {
  csrf = token;
}

export interface Answer<T> {
  readonly body: T;
  readonly etag: string;
}

/** Read an address; one that did not change since is not sent again. */
export async function read<T>(path: string, signal?: AbortSignal): Promise<Answer<T>> {
  const before = kept.get(path);
  const headers: Record<string, string> = before ? { "If-None-Match": before.etag } : {};
  const answer = await fetch(path, { headers, ...(signal && { signal }) });
  if (answer.status === 304 && before) return { body: before.body as T, etag: before.etag };
  if (!answer.ok) throw await problemOf(answer);
  const etag = answer.headers.get("ETag") ?? "";
  const body = (await answer.json()) as T;
  if (etag) keep(path, { etag, body });
  return { body, etag };
}

/** Read an address for its body alone. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await read<T>(path, signal)).body;
}

function keep(path: string, answer: Kept): void {
  kept.delete(path);
  kept.set(path, answer);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}

export type Method = "POST" | "PATCH" | "PUT" | "DELETE";

/** A key that is used once; `randomUUID` would be there over https alone. */
function onceOnly(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Write; `etag` names the plan that the write was decided on. */
export async function send<T>(method: Method, path: string, body?: unknown, etag?: string): Promise<Answer<T>> {
  const headers: Record<string, string> = { "X-CSRF-Token": csrf };
  if (etag) headers["If-Match"] = etag;
  if (method === "POST") headers["Idempotency-Key"] = onceOnly();
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  const content = body === undefined ? null : isForm ? body : JSON.stringify(body);
  const answer = await fetch(path, { method, headers, body: content });
  if (!answer.ok) throw await problemOf(answer);
  const text = await answer.text();
  return { body: (text ? JSON.parse(text) : null) as T, etag: answer.headers.get("ETag") ?? "" };
}

/** Post for the body of the answer alone. */
export async function post<T>(path: string, body: unknown = {}, etag?: string): Promise<T> {
  return (await send<T>("POST", path, body, etag)).body;
}

export interface Columns {
  readonly n: number;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
  readonly next?: number | null;
  readonly of?: number;
}

/** The rows of a table that came as columns. */
export function rowsOf<T>(table: Columns): T[] {
  const names = Object.keys(table.columns);
  return Array.from({ length: table.n }, (_, i) => {
    const row: Record<string, unknown> = {};
    for (const name of names) row[name] = table.columns[name]?.[i];
    return row as T;
  });
}
