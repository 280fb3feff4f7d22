/** Light or dark: as the system has it, unless the reader chose. */

export type Theme = "system" | "light" | "dark";

const STORED = "pegboard.theme";
const told = window.matchMedia("(prefers-color-scheme: dark)");

function first(): Theme {
  const stored = localStorage.getItem(STORED);
  return stored === "light" || stored === "dark" ? stored : "system";
}

let chosen = $state<Theme>(first());
let systemDark = $state(told.matches);
told.addEventListener("change", () => {
  systemDark = told.matches;
});
apply();

function apply(): void {
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function theme(): Theme {
  return chosen;
}

export function isDark(): boolean {
  return chosen === "system" ? systemDark : chosen === "dark";
}

export function wear(next: Theme): void {
  chosen = next;
  if (next === "system") localStorage.removeItem(STORED);
  else localStorage.setItem(STORED, next);
  apply();
}
