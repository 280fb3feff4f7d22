/** Columns of numbers as typed arrays: eight or four bytes a cell, and no objects for the collector to walk. */

import type { Columns } from "./api";

function cells(table: Columns, name: string): readonly unknown[] {
  const found = table.columns[name];
  if (!found) throw new Error(`the answer has no column ${name}`);
  return found;
}

/** Whole numbers that fit in 32 bits, such as indices. */
export function indices(table: Columns, name: string): Int32Array {
  return Int32Array.from(cells(table, name) as number[]);
}

/** Instants and other numbers; what is null is NaN. */
export function numbers(table: Columns, name: string): Float64Array {
  return Float64Array.from(cells(table, name) as (number | null)[], (cell) => cell ?? Number.NaN);
}
