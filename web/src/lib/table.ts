/** What a table shows of its rows, and in which order. */

export type Cell = string | number | null;

export interface Column<T> {
  readonly key: string;
  readonly label: string;
  /** What stands in the cell. */
  readonly text: (row: T) => string;
  /** What it is sorted by; its text where nothing else is said. Null stands last in either direction. */
  readonly value?: (row: T) => Cell;
  readonly align?: "right";
  /** In pixels; columns without one share what is left. */
  readonly width?: number;
  readonly href?: (row: T) => string;
  readonly tone?: (row: T) => string;
}

/** The rows that hold every word of the filter, sorted by a column; as they came where it has no name. */
export function arranged<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  filter: string,
  key: string,
  down: boolean,
): readonly T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (row: T): boolean => {
    const text = columns
      .map((column) => column.text(row))
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const found = words.length ? rows.filter(fits) : rows;
  const column = columns.find((c) => c.key === key);
  if (!column) return found;
  const value = column.value ?? column.text;
  const way = down ? -1 : 1;
  return [...found].sort((a, b) => order(value(a), value(b), way));
}

function order(a: Cell, b: Cell, way: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return way * (a - b);
  return way * String(a).localeCompare(String(b), undefined, { numeric: true });
}
