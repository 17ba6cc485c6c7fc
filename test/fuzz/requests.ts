import fc from "fast-check";
import type { RawRequest } from "../support/raw.ts";

/** Part of every value that a generated request makes up: where it comes back, something was reflected. */
export const MARK = "zq7xk";

/** What the requests borrow from people who are really there. */
export interface Borrowed {
  /** Session cookies that work, as `Cookie` headers. */
  readonly sessions: readonly string[];
  /** Sign-ins that are under way: the cookie, and the state that it belongs to. */
  readonly pending: readonly { readonly cookie: string; readonly state: string }[];
  readonly functionKey: string;
  readonly origin: string;
}

const ROUTES = [
  "/",
  "/auth/signin",
  "/auth/callback",
  "/auth/session",
  "/auth/sessions",
  "/auth/sessions/end",
  "/auth/signed-out",
  "/auth/device",
  "/auth/device/refresh",
  "/auth/signout",
  "/auth/logout-callback",
  "/auth/backchannel-logout",
  "/graph/me",
  "/graph/me/messages",
  "/graph/me/photo/$value",
  "/graph/me/sendMail",
  "/graph/me/messages/id",
  "/graph/$batch",
  "/accounts/87d349ed-44d7-43e1-9a83-5f2406dee5bd.8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e",
  "/accounts/x",
  "/health",
  "/admin/functions/authPurgeExpired",
  "/favicon.ico",
  "/.well-known/openid-configuration",
];

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];

const PARAMETERS = [
  ...["returnTo", "prompt", "loginHint", "domainHint", "scope", "claims"],
  ...["state", "code", "error", "error_description", "session_state", "client_info", "id_token"],
  ...["sid", "iss", "logout_token", "post_logout_redirect_uri", "redirect_uri", "logout_hint"],
  ...["$select", "$filter", "$top", "$search", "$expand", "access_token", "_method", "clientId"],
  ...["__proto__", "constructor", "toString", "a[b]", ""],
];

/** What is known to have broken one application or another. */
const KNOWN = [
  `<script>alert("${MARK}")</script>`,
  `"'><img src=x onerror=${MARK}>`,
  `' or PartitionKey ge '${MARK}`,
  `${MARK}'; DROP TABLE lightsout;--`,
  `\${jndi:ldap://${MARK}}`,
  `{{${MARK}}}`,
  `../../${MARK}`,
  `..%2f..%2f${MARK}`,
  `//${MARK}.example`,
  `/\\${MARK}.example`,
  `https://${MARK}.example/`,
  `javascript:${MARK}`,
  `${MARK}\r\nSet-Cookie: ${MARK}=1`,
  `${MARK}\u0000${MARK}`,
  `${MARK}\u202e\ud83d\ude80\u00e4`,
  `\ud800${MARK}`,
  `%${MARK}%%%`,
  `{"access_token":{"${MARK}":null}}`,
  `{"id_token":{"${MARK}":{"value":"x"}}}`,
  `{"access_token":null,"${MARK}":1}`,
  `{"__proto__":{"${MARK}":{}}}`,
  `eyJhbGciOiJub25lIn0.${MARK}.`,
  `eyJhbGciOiJSUzI1NiIsImtpZCI6Ii4uLyJ9.${MARK}.${MARK}`,
  `openid ${MARK}`,
  "none",
  "login",
  "",
  "*",
  "__proto__",
  "null",
  "-1",
  "1e309",
];

const marked = (text: string) => `${MARK}${text}`;

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...KNOWN) },
  { weight: 2, arbitrary: fc.string({ maxLength: 40 }).map(marked) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 40 }).map(marked) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map(marked) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 3_000 }).map((n) => marked("x".repeat(n))) },
);

const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const parameters = fc
  .array(
    fc.tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom(...PARAMETERS) },
        { weight: 1, arbitrary: value },
      ),
      value,
    ),
    { maxLength: 6 },
  )
  .map((pairs) => pairs.map((pair) => pair.map(encoded).join("=")).join("&"));

/** What can be done to a path without leaving what a request line may hold. */
const MUTATIONS: ((path: string, text: string) => string)[] = [
  (path) => path.toUpperCase(),
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replaceAll("/", "%2f"),
  (path) => path.replaceAll("/", "\\"),
  (path) => path.replace(/\w/, (c) => `%${c.charCodeAt(0).toString(16)}`),
  (path) => path.replaceAll("e", "%2565"),
  (path, text) => `${path}/${text}`,
  (path, text) => `${path};${text}`,
  (path, text) => `${path}${text}`,
  (path, text) => `/${text}/..${path}`,
  (path, text) => `/${text}/%2e%2e${path}`,
  (path) => `${path}/%252e%252e/%252e%252e`,
  (path) => `${path}%00`,
  (path) => `${path}%c0%ae`,
  (path) => `${path}\u00e4`,
  (_, text) => `/${text}`,
];

const mutation = fc.oneof(
  { weight: 3, arbitrary: fc.constant((path: string) => path) },
  { weight: 1, arbitrary: fc.constantFrom(...MUTATIONS) },
);

const target = fc
  .tuple(fc.constantFrom(...ROUTES), mutation, value.map(encoded), parameters)
  .map(([route, mutate, text, query]) => {
    const path = mutate(route, text.slice(0, 1_000));
    return query === "" ? path : `${path}?${query}`;
  });

/** Visible ASCII and tabs: what a header can hold on every platform. */
const headerValue = value.map((text) => text.replace(/[^\t\x20-\x7e]/g, "?").slice(0, 2_000));

function headersOf({ sessions, functionKey, origin }: Borrowed) {
  const [session = ""] = sessions;
  const oneOf = (...known: string[]) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: headerValue },
    );
  return fc.record(
    {
      cookie: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom(session, ...sessions) },
        { weight: 1, arbitrary: headerValue },
        { weight: 2, arbitrary: headerValue.map((text) => `__Host-lightsout=${text}`) },
        { weight: 1, arbitrary: headerValue.map((text) => `__Host-lightsout-signin-0=${text}`) },
        {
          weight: 1,
          arbitrary: fc.nat(300).map((at) => `${session.slice(0, at)}A${session.slice(at + 1)}`),
        },
      ),
      origin: oneOf(origin, "null", "https://evil.example"),
      "sec-fetch-site": oneOf("same-origin", "same-site", "cross-site", "none"),
      "content-type": oneOf(
        "application/x-www-form-urlencoded",
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
      ),
      "x-functions-key": oneOf(functionKey, ""),
      "x-forwarded-host": headerValue,
      "x-forwarded-proto": oneOf("https", "http"),
      "x-http-method-override": fc.constantFrom("POST", "DELETE"),
      "x-ms-client-principal": headerValue,
      "x-original-url": headerValue,
      authorization: headerValue.map((text) => `Bearer ${text}`),
      referer: headerValue,
      "user-agent": headerValue,
      accept: oneOf("application/json", "text/html"),
      "accept-language": headerValue,
      "if-none-match": headerValue,
      "if-match": headerValue,
      prefer: headerValue,
      range: oneOf("bytes=0-0", "bytes=-1"),
      traceparent: oneOf("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    },
    { requiredKeys: [] },
  );
}

function bodyOf({ pending }: Borrowed) {
  const states = pending.map(({ state }) => state);
  const answer = fc
    .tuple(fc.constantFrom("", ...states), value, fc.boolean())
    .map(([state, text, isError]) =>
      new URLSearchParams({ state, [isError ? "error" : "code"]: text.toWellFormed() }).toString(),
    );
  return fc.oneof(
    { weight: 3, arbitrary: parameters },
    { weight: 3, arbitrary: answer },
    { weight: 1, arbitrary: value },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
    { weight: 1, arbitrary: fc.constant(`a=${"x".repeat(70_000)}`) },
  );
}

const BODILESS = ["GET", "HEAD", "TRACE"];
/** For any other target the server hangs up, and does not wait for the body. */
const WELL_FORMED = /^\/[\x21-\x7e]*$/;

/** Requests of all kinds to all routes. */
export function requests(borrowed: Borrowed): fc.Arbitrary<RawRequest> {
  const { pending } = borrowed;
  return fc
    .record({
      method: fc.oneof(
        { weight: 3, arbitrary: fc.constant("GET") },
        { weight: 2, arbitrary: fc.constant("POST") },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      path: target,
      headers: headersOf(borrowed),
      body: bodyOf(borrowed),
      signIn: fc.option(fc.constantFrom(undefined, ...pending), { nil: undefined }),
    })
    .map(({ method, path, headers, body, signIn }) => ({
      method,
      path,
      headers: { ...headers, ...(signIn && { cookie: signIn.cookie }) },
      ...(!BODILESS.includes(method) && WELL_FORMED.test(path) && { body }),
    }));
}
