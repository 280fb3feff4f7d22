/** Words of the page in the language of whoever reads it. */

import de from "../messages/de";
import en from "../messages/en";

export type Key = keyof typeof en;
export type Language = "en" | "de";

const MESSAGES: Record<Language, Record<Key, string>> = { en, de };
const STORED = "pegboard.language";

function first(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "de") return stored;
  return navigator.language.startsWith("de") ? "de" : "en";
}

let chosen = $state<Language>(first());
document.documentElement.lang = first();

export function language(): Language {
  return chosen;
}

export function speak(next: Language): void {
  chosen = next;
  document.documentElement.lang = next;
  localStorage.setItem(STORED, next);
}

/** A message with its `{names}` filled in. */
export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  const text = MESSAGES[chosen][key];
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A message for a word of the data, such as a status; the word itself where there is none. */
export function word(group: string, value: string): string {
  const found = (MESSAGES[chosen] as Record<string, string>)[`${group}.${value}`];
  return found ?? value.replaceAll("_", " ");
}
