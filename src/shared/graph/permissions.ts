/** One call that this app offers, and what the user has to consent to for it. */
export interface Permission {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Segments of the path below the Graph version; `{id}` stands for one segment. */
  readonly path: string;
  /** Delegated permissions (Microsoft Graph permissions reference). */
  readonly scopes: readonly string[];
}

/** Everything the browser can do with Microsoft Graph. To offer more, add a row. */
export const PERMISSIONS: readonly Permission[] = [
  { method: "GET", path: "me", scopes: ["User.Read"] },
  { method: "GET", path: "me/photo/$value", scopes: ["User.Read"] },
  { method: "GET", path: "me/messages", scopes: ["Mail.Read"] },
  { method: "GET", path: "me/messages/{id}", scopes: ["Mail.Read"] },
  { method: "GET", path: "me/calendarView", scopes: ["Calendars.Read"] },
  { method: "POST", path: "me/sendMail", scopes: ["Mail.Send"] },
  { method: "POST", path: "me/revokeSignInSessions", scopes: ["User.RevokeSessions.All"] },
];

export interface Permitted {
  /** The path as it is sent to Graph, every segment encoded again. */
  readonly path: string;
  readonly scopes: readonly string[];
}

/**
 * Looks a call up in the permission table.
 * @param encodedPath The path below `/graph/` as it stood in the URL.
 * @returns undefined when the table has no row for it.
 */
export function permittedCall(
  method: string,
  encodedPath: string,
  permissions: readonly Permission[] = PERMISSIONS,
): Permitted | undefined {
  const segments = decodeSegments(encodedPath);
  if (segments === undefined) return undefined;
  const row = permissions.find((row) => row.method === method && matches(row.path, segments));
  return row && { path: segments.map(encodeSegment).join("/"), scopes: row.scopes };
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

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll("%24", "$");
}
