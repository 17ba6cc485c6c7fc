import type { Entity } from "./odata.ts";
import type { GraphUser } from "./profile.ts";
import { badRequest, GraphError } from "./reply.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Longest window that Graph serves in one view, in days. */
const LONGEST = 1825;

/** What happens on working days. `weekday` as in `Date.getUTCDay`; without it, on every one of them. */
const ROUTINE: readonly {
  subject: string;
  place: string;
  at: number;
  for: number;
  weekday?: number;
}[] = [
  { subject: "Stand-up", place: "Microsoft Teams Meeting", at: 9 * 60 + 15, for: 15 },
  { subject: "Planning", place: "Conf Room Adams", at: 10 * 60, for: 60, weekday: 1 },
  { subject: "Focus time", place: "", at: 13 * 60, for: 120, weekday: 2 },
  { subject: "Design critique", place: "Conf Room Baker", at: 15 * 60, for: 45, weekday: 3 },
  { subject: "One-on-one with Megan", place: "Cafeteria", at: 11 * 60, for: 30, weekday: 4 },
  { subject: "Demo", place: "Conf Room Adams", at: 16 * 60, for: 30, weekday: 5 },
];

/**
 * The events that overlap the window in the query, earliest first.
 * @throws GraphError 400 without a usable window
 */
export function calendarView(url: URL, user: GraphUser): Entity[] {
  const { start, end } = timeWindow(url);
  const events: Entity[] = [];
  for (let day = Math.floor(start / DAY) * DAY; day < end; day += DAY) {
    const weekday = new Date(day).getUTCDay();
    if (weekday === 0 || weekday === 6) continue;
    for (const entry of ROUTINE) {
      const from = day + entry.at * MINUTE;
      const to = from + entry.for * MINUTE;
      if ((entry.weekday ?? weekday) === weekday && from < end && to > start) {
        events.push(event(user, entry.subject, entry.place, from, to));
      }
    }
  }
  return events.sort((a, b) => String(a.id).localeCompare(String(b.id)));
}

function timeWindow(url: URL): { start: number; end: number } {
  const [start, end] = ["startDateTime", "endDateTime"].map((name) => {
    const text = url.searchParams.get(name);
    if (text === null) {
      throw new GraphError(
        400,
        "ErrorInvalidParameter",
        "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime.",
      );
    }
    // Without an offset Graph reads the time as UTC.
    const instant = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
    if (!Number.isNaN(instant)) return instant;
    throw new GraphError(
      400,
      "ErrorInvalidParameter",
      `The value of the parameter '${name}' is invalid.`,
    );
  }) as [number, number];
  if (end < start) throw badRequest("The end of the time window lies before its start.");
  if (end - start > LONGEST * DAY) {
    throw badRequest(`The time window is longer than ${LONGEST} days.`);
  }
  return { start, end };
}

function event(user: GraphUser, subject: string, place: string, from: number, to: number): Entity {
  return {
    id: `AAMkAGE1${new Date(from).toISOString().replaceAll(/\D/g, "").slice(0, 12)}=`,
    subject,
    bodyPreview: "",
    importance: "normal",
    isAllDay: false,
    isCancelled: false,
    showAs: "busy",
    start: dateTime(from),
    end: dateTime(to),
    location: { displayName: place },
    organizer: { emailAddress: { name: user.name, address: user.username } },
  };
}

function dateTime(instant: number): Entity {
  return { dateTime: `${new Date(instant).toISOString().slice(0, 19)}.0000000`, timeZone: "UTC" };
}
