import { GraphUnavailable } from "../errors.ts";
import type { Lightsout } from "../lightsout.ts";
import type { SignedInSession } from "../session/session.ts";
import { callGraph } from "./graph.ts";

export interface Meeting {
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
}

const WEEK = 7 * 86_400_000;

/** The first event of the coming week that has not begun; null when there is none. @throws what `callGraph` throws */
export async function readNextMeeting(
  app: Lightsout,
  session: SignedInSession,
): Promise<Meeting | null> {
  const now = app.store.now();
  const url = new URL(`${app.settings.graphBaseUrl}/me/calendarView`);
  url.search = new URLSearchParams({
    startDateTime: new Date(now).toISOString(),
    endDateTime: new Date(now + WEEK).toISOString(),
    $orderby: "start/dateTime",
    $select: "subject,start,end",
    $top: "10",
  }).toString();
  const { status, body } = await callGraph(app, session, ["Calendars.Read"], url);
  if (status !== 200) throw new GraphUnavailable(false);
  const { value } = JSON.parse(Buffer.from(body).toString()) as { value: GraphEvent[] };
  const meetings = value.map(({ subject, start, end }) => ({
    subject,
    start: utc(start),
    end: utc(end),
  }));
  return meetings.find(({ start }) => Date.parse(start) >= now) ?? null;
}

/** A part of Microsoft Graph's event resource. */
interface GraphEvent {
  readonly subject: string;
  readonly start: GraphTime;
  readonly end: GraphTime;
}

/** Graph answers in UTC unless it is asked for another zone, and writes seven decimals and no zone. */
interface GraphTime {
  readonly dateTime: string;
}

function utc({ dateTime }: GraphTime): string {
  return `${dateTime.slice(0, 19)}Z`;
}
