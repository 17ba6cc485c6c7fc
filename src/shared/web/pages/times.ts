import type { Language } from "../languages/language.ts";
import { type Html, html } from "./html.ts";

/** Day and time in UTC, because the user's time zone is not known. @param time Milliseconds since 1970. */
export function timeShown({ tag }: Language, time: number): Html {
  const format = new Intl.DateTimeFormat(tag, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZone: "UTC",
    timeZoneName: "short",
  });
  return html`<time datetime="${new Date(time).toISOString()}">${format.format(time)}</time>`;
}

const MINUTE_MS = 60_000;
/** The units, each from so many milliseconds on. */
const UNITS = [
  [24 * 60 * MINUTE_MS, "day"],
  [60 * MINUTE_MS, "hour"],
  [MINUTE_MS, "minute"],
] as const;

/** Such as `3 days ago`. @returns undefined for less than a minute. */
export function ageShown({ tag }: Language, milliseconds: number): string | undefined {
  const [size, unit] = UNITS.find(([size]) => milliseconds >= size) ?? [];
  if (size === undefined || unit === undefined) return undefined;
  return new Intl.RelativeTimeFormat(tag).format(-Math.floor(milliseconds / size), unit);
}
