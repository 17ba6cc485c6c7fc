/** One call that this app offers, and what the user has to consent to for it. */
export interface Permission {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Segments of the path below the Graph version; `{id}` stands for one segment. */
  readonly path: string;
  /** Delegated permissions (Microsoft Graph permissions reference). */
  readonly scopes: readonly string[];
  /**
   * Query options that may go along: a name such as `$select`, or one with the only value it may have, such as
   * `$expand=attachments`. Compared without `$` and case. Absent: none.
   */
  readonly query?: readonly string[];
  /** Whether the answer may be the address of a file, which goes to the browser: it needs no token. */
  readonly download?: boolean;
}

const LIST = ["$select", "$filter", "$search", "$orderby", "$top", "$skip", "$count"];
const DAYS = ["startDateTime", "endDateTime"];

/** Everything the browser can do with Microsoft Graph. To offer more, add a row. */
export const PERMISSIONS: readonly Permission[] = [
  { method: "GET", path: "me", scopes: ["User.Read"], query: ["$select"] },
  { method: "GET", path: "me/photo/$value", scopes: ["User.Read"] },
  { method: "GET", path: "me/messages", scopes: ["Mail.Read"], query: LIST },
  { method: "GET", path: "me/messages/{id}", scopes: ["Mail.Read"], query: ["$select"] },
  { method: "GET", path: "me/calendarView", scopes: ["Calendars.Read"], query: [...DAYS, ...LIST] },
  { method: "POST", path: "me/sendMail", scopes: ["Mail.Send"] },
  { method: "POST", path: "me/revokeSignInSessions", scopes: ["User.RevokeSessions.All"] },
];

export interface Permitted extends Pick<Permission, "scopes" | "download"> {
  /** The path as it is sent to Graph, every segment encoded again. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/**
 * Looks a call up in the permission table.
 * @param encodedPath The path below `/graph/` as it stood in the URL.
 * @returns undefined when the table has no row for it.
 */
export function permittedCall(
  method: string,
  encodedPath: string,
  query: URLSearchParams,
  permissions: readonly Permission[] = PERMISSIONS,
): Permitted | undefined {
  const segments = decodeSegments(encodedPath);
  if (segments === undefined) return undefined;
  const row = permissions.find((row) => row.method === method && matches(row.path, segments));
  if (row === undefined || ![...query].every((option) => mayGoAlong(option, row))) return undefined;
  const { scopes, download } = row;
  return { path: encoded(segments), query, scopes, ...(download && { download }) };
}

/** The path as it is sent to Graph. A slash may stand at its end. @returns undefined when it is none. */
export function pathOf(encodedPath: string): string | undefined {
  const slash = encodedPath.endsWith("/") ? "/" : "";
  const segments = decodeSegments(slash ? encodedPath.slice(0, -1) : encodedPath);
  return segments && encoded(segments) + slash;
}

function mayGoAlong([name, value]: [string, string], { query = [] }: Permission): boolean {
  const option = plain(name);
  return query.some((allowed) =>
    [option, `${option}=${value.toLowerCase()}`].includes(plain(allowed)),
  );
}

function plain(option: string): string {
  return option.replace(/^\$/, "").toLowerCase();
}

function matches(pattern: string, segments: readonly string[]): boolean {
  const expected = pattern.split("/");
  return (
    expected.length === segments.length &&
    expected.every((part, i) => part === "{id}" || part === segments[i])
  );
}

/** @returns undefined when a segment is empty, climbs, or hides a separator. */
function decodeSegments(encodedPath: string): string[] | undefined {
  try {
    const segments = encodedPath.split("/").map(decodeURIComponent);
    return segments.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment))
      ? segments
      : undefined;
  } catch {
    return undefined;
  }
}

/** No separators, no controls, no percent sign that a second decoding could turn into one. */
const SEGMENT = /^[^/\\%?#\p{Cc}]{1,512}$/u;

function encoded(segments: readonly string[]): string {
  return segments.map((segment) => encodeURIComponent(segment).replaceAll("%24", "$")).join("/");
}
