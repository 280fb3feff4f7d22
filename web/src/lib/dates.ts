/** Instants, durations and numbers as people of the plant write them: in its zone, and the reader's language. */

import { language } from "./i18n.svelte";

const formats = new Map<string, Intl.DateTimeFormat>();
let zone = "UTC";

/** The zone of the plant; every date of the page is in it. */
export function useZone(name: string): void {
  zone = name;
}

export function plantZone(): string {
  return zone;
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const tongue = language() === "de" ? "de-DE" : "en-GB";
  const key = `${tongue} ${zone} ${JSON.stringify(options)}`;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(tongue, { timeZone: zone, hourCycle: "h23", ...options });
    formats.set(key, found);
  }
  return found;
}

export function dateTime(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  const parts = { weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" } as const;
  return format({ ...parts, hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
}

export function date(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return "";
  return format({ weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" }).format(seconds * 1000);
}

export function clock(seconds: number): string {
  return format({ hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
}

export function dayMonth(seconds: number): string {
  return format({ weekday: "short", day: "numeric", month: "short" }).format(seconds * 1000);
}

export function monthYear(seconds: number): string {
  return format({ month: "long", year: "numeric" }).format(seconds * 1000);
}

/** Year, month, day, hour, minute and second of an instant in the zone of the plant. */
export function fields(seconds: number): [number, number, number, number, number, number] {
  const two = "2-digit" as const;
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
  }).formatToParts(seconds * 1000);
  const of = (type: string): number => Number(parts.find((p) => p.type === type)?.value ?? 0);
  return [of("year"), of("month"), of("day"), of("hour"), of("minute"), of("second")];
}

/** The instant of a wall-clock time in the zone of the plant; of a time that a clock change skips, the one after. */
export function instant(year: number, month: number, day: number, hour = 0, minute = 0): number {
  const wanted = Date.UTC(year, month - 1, day, hour, minute) / 1000;
  let guess = wanted;
  for (let i = 0; i < 3; i++) {
    const [y, mo, d, h, mi, s] = fields(guess);
    const off = wanted - Date.UTC(y, mo - 1, d, h, mi, s) / 1000;
    if (off === 0) break;
    guess += off;
  }
  return guess;
}

/** The first moment of the day of an instant, in the zone of the plant. */
export function dayOf(seconds: number): number {
  const [year, month, day] = fields(seconds);
  return instant(year, month, day);
}

/** A duration in at most two units, as `3 d 4 h`; signed. */
export function duration(seconds: number): string {
  const sign = seconds < 0 ? "−" : "";
  let left = Math.round(Math.abs(seconds) / 60);
  if (left === 0) return "0 min";
  const days = Math.floor(left / 1440);
  left -= days * 1440;
  const hours = Math.floor(left / 60);
  const minutes = left - hours * 60;
  const units = [days && `${days} d`, hours && `${hours} h`, !days && minutes && `${minutes} min`];
  return sign + units.filter(Boolean).slice(0, 2).join(" ");
}

export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return "";
  const tongue = language() === "de" ? "de-DE" : "en-GB";
  return value.toLocaleString(tongue, { maximumFractionDigits: digits });
}

/** A value for `<input type="date">`. */
export function dateField(seconds: number): string {
  const [year, month, day] = fields(seconds);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}
