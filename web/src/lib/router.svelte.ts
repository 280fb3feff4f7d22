/** Which page is shown: the address is the only state of it. */

export interface Place {
  readonly path: string;
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
}

function here(): Place {
  const { pathname, search } = window.location;
  return {
    path: pathname,
    parts: pathname.split("/").filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(search),
  };
}

let place = $state.raw<Place>(here());

/** The place that is shown now. */
export function at(): Place {
  return place;
}

/** Go to an address within Pegboard; `instead` leaves no way back to the present one. */
export function go(to: string, instead = false): void {
  if (instead) window.history.replaceState(null, "", to);
  else if (to !== window.location.pathname + window.location.search) window.history.pushState(null, "", to);
  place = here();
}

/** Follow links within Pegboard without loading anew; a middle click still opens a tab. */
export function follow(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element).closest("a");
  if (!link || link.target || link.origin !== window.location.origin || link.hasAttribute("download")) return;
  if (link.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

window.addEventListener("popstate", () => {
  place = here();
});
