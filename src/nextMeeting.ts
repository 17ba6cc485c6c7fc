import type { HttpRequest, HttpResponseInit, InvocationContext } from "@azure/functions";
import { LightsoutError, type Session } from "./lightsout.ts";
import type { Env } from "./shared/config/env.ts";
import { readGraphBaseUrl } from "./shared/config/provider.ts";

/**
 * An example of a function of your own. Only signed-in users get in, and `session` is the user.
 *
 * @param env The app settings, which say where Microsoft Graph is.
 */
export function nextMeeting(env: Env) {
  return async (
    _request: HttpRequest,
    _context: InvocationContext,
    session: Session,
  ): Promise<HttpResponseInit> => {
    try {
      const graphBaseUrl = readGraphBaseUrl(env);
      return { jsonBody: { meeting: await readNextMeeting(graphBaseUrl, session, Date.now()) } };
    } catch (error) {
      // Lightsout answers what the session throws, such as a missing consent.
      if (error instanceof LightsoutError) throw error;
      return {
        status: 502,
        jsonBody: { error: "Microsoft Graph does not tell the next meeting." },
      };
    }
  };
}

interface Meeting {
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly start: string;
  readonly end: string;
}

const WEEK_MS = 7 * 86_400_000;

/** The first event of the coming week that has not begun, or null. */
async function readNextMeeting(
  graphBaseUrl: string,
  session: Session,
  now: number,
): Promise<Meeting | null> {
  const query = new URLSearchParams({
    startDateTime: new Date(now).toISOString(),
    endDateTime: new Date(now + WEEK_MS).toISOString(),
    $orderby: "start/dateTime",
    $select: "subject,start,end",
    $top: "10",
  });
  const answer = await session.fetch(`${graphBaseUrl}/me/calendarView?${query}`, {
    scopes: ["Calendars.Read"],
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (answer.status !== 200) throw new Error(`Microsoft Graph answered ${answer.status}.`);
  const { value } = (await answer.json()) as { value: (GraphEvent | null)[] };
  const meetings = value.flatMap(meetingOf);
  return meetings.find(({ start }) => Date.parse(start) >= now) ?? null;
}

/** Milliseconds. */
const PATIENCE_MS = 30_000;

interface GraphEvent {
  readonly subject?: unknown;
  readonly start?: { readonly dateTime?: unknown } | null;
  readonly end?: { readonly dateTime?: unknown } | null;
}

/** The meeting of an event resource of Microsoft Graph, if the event has its times. */
function meetingOf(event: GraphEvent | null): Meeting[] {
  const { subject, start, end } = event ?? {};
  const begins = utc(start?.dateTime);
  const ends = utc(end?.dateTime);
  if (begins === undefined || ends === undefined) return [];
  return [{ subject: typeof subject === "string" ? subject : "", start: begins, end: ends }];
}

/** Graph answers in UTC unless it is asked for another zone, and writes seven decimals and no zone. */
function utc(dateTime: unknown): string | undefined {
  const time = typeof dateTime === "string" ? `${dateTime.slice(0, 19)}Z` : "";
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}
