/** What happens in the plant, as it happens; the browser comes back by itself where the line breaks. */

export interface Told {
  plan: { length: number; hash: string; who: string; text: string };
  job: { id: number; kind: string; state: string; share: number; step: string };
  comment: { subject: string };
  findings: Record<string, unknown>;
}

type Listener<K extends keyof Told> = (data: Told[K]) => void;

const listeners = new Map<string, Set<(data: never) => void>>();
let stream: EventSource | null = null;

/** Begin to listen to the server; again does nothing. */
export function listen(state: (connected: boolean) => void): void {
  if (stream) return;
  stream = new EventSource("/api/events");
  stream.onopen = () => state(true);
  stream.onerror = () => state(false);
  for (const name of ["plan", "job", "comment", "findings"]) {
    stream.addEventListener(name, (event) => {
      const data = JSON.parse((event as MessageEvent<string>).data);
      for (const told of listeners.get(name) ?? []) told(data as never);
    });
  }
}

export function hush(): void {
  stream?.close();
  stream = null;
}

/** Hear of one kind of event until the function that this gives is called. */
export function on<K extends keyof Told>(name: K, told: Listener<K>): () => void {
  const all = listeners.get(name) ?? new Set();
  listeners.set(name, all);
  all.add(told as (data: never) => void);
  return () => all.delete(told as (data: never) => void);
}
