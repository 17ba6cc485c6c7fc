import { GraphUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import type { SignedInSession } from "../session/session.ts";
import { callGraph, jsonOf } from "./graph.ts";

export interface Meeting {
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
}

const WEEK = 7 * 86_400_000;

/** The first event of the coming week that has not begun; null when there is none. @throws what `callGraph` throws */
export async function readNextMeeting(
  context: Context,
  session: SignedInSession,
): Promise<Meeting | null> {
  const now = context.now();
  const url = new URL(`${context.settings.graphBaseUrl}/me/calendarView`);
  url.search = new URLSearchParams({
    startDateTime: new Date(now).toISOString(),
    endDateTime: new Date(now + WEEK).toISOString(),
    $orderby: "start/dateTime",
    $select: "subject,start,end",
    $top: "10",
  }).toString();
  const answer = await callGraph(context, session, ["Calendars.Read"], url);
  const events = answer.status === 200 ? jsonOf(answer)?.value : undefined;
  if (!Array.isArray(events)) throw new GraphUnavailable(false);
  const meetings = events.flatMap(meetingOf);
  return meetings.find(({ start }) => Date.parse(start) >= now) ?? null;
}

/** Microsoft Graph's event resource, as far as it can be told. */
function meetingOf(event: GraphEvent | null): Meeting[] {
  const { subject, start, end } = event ?? {};
  const begins = utc(start?.dateTime);
  const ends = utc(end?.dateTime);
  if (begins === undefined || ends === undefined) return [];
  return [{ subject: typeof subject === "string" ? subject : "", start: begins, end: ends }];
}

interface GraphEvent {
  readonly subject?: unknown;
  readonly start?: { readonly dateTime?: unknown } | null;
  readonly end?: { readonly dateTime?: unknown } | null;
}

/** Graph answers in UTC unless it is asked for another zone, and writes seven decimals and no zone. */
function utc(dateTime: unknown): string | undefined {
  const time = typeof dateTime === "string" ? `${dateTime.slice(0, 19)}Z` : "";
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}
