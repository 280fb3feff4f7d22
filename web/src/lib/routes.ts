/** Which page stands at which address; each is a chunk of its own, loaded when it is first shown. */

import type { Component } from "svelte";
import type { Key } from "./i18n.svelte";

/** Every page takes the parts of the address behind its name: `/orders/SO-1` gives `["SO-1"]`. */
export type Page = Component<{ rest: readonly string[] }>;

export interface Route {
  readonly path: string;
  readonly page: string;
  /** How the top navigation calls it; none where it does not stand there. */
  readonly label?: Key;
  /** The page of `/path/more` where it is another one. */
  readonly single?: string;
  /** What one must be allowed to do to see it in the navigation. */
  readonly may?: string;
}

export const ROUTES: readonly Route[] = [
  { path: "board", page: "Board", label: "nav.board" },
  { path: "orders", page: "Orders", single: "Order", label: "nav.orders" },
  { path: "promise", page: "Promise", label: "nav.promise" },
  { path: "materials", page: "Materials", label: "nav.materials" },
  { path: "items", page: "Item" },
  { path: "buffers", page: "Buffers", label: "nav.buffers" },
  { path: "purchases", page: "Purchases", label: "nav.purchases" },
  { path: "scenarios", page: "Scenarios", label: "nav.scenarios" },
  { path: "floor", page: "Floor", label: "nav.floor" },
  { path: "insight", page: "Insight", label: "nav.insight" },
  { path: "data", page: "Data", label: "nav.data" },
  { path: "people", page: "People", label: "nav.people", may: "people" },
];

const PAGES = import.meta.glob<{ default: Page }>("../pages/*.svelte");

/** The page for the parts of an address; null where there is none. */
export function pageOf(parts: readonly string[]): string | null {
  const [first = "board", ...rest] = parts;
  const route = ROUTES.find((r) => r.path === first);
  if (!route) return null;
  return rest.length > 0 && route.single ? route.single : route.page;
}

export async function load(name: string): Promise<Page | null> {
  const found = PAGES[`../pages/${name}.svelte`];
  return found ? (await found()).default : null;
}
