import { type IncomingHttpHeaders, request } from "node:http";
import type { LookupFunction } from "node:net";
import { text } from "node:stream/consumers";
import type { CookieJar } from "./cookieJar.ts";
import {
  type Form,
  type PageOrigin,
  parseForms,
  parseFrames,
  parseRefresh,
  textOf,
} from "./markup.ts";

/** The end of a navigation. */
export interface Page extends PageOrigin {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** What a person reads. */
  text: string;
  forms: Form[];
  /** Absolute URLs of iframes. */
  frames: string[];
  /** Absolute, of a redirect that was not followed. */
  location: string | undefined;
  /** Absolute, of a `<meta http-equiv=refresh>`. */
  refresh: string | undefined;
}

export interface Outgoing {
  method: "GET" | "POST";
  body?: string;
  headers?: Record<string, string>;
  /** Whether `Sec-Fetch-*` goes along. Default true. */
  fetchMetadata?: boolean;
  /** The page that starts the request. Without one, a person typed the address. */
  from?: PageOrigin;
  /** The addresses that redirected here. */
  via?: URL[];
  /** Loaded into a frame, with or without third-party cookies. */
  frame?: { cookies: boolean };
}

/** Sends one request as a browser would, and reads the answer. */
export async function send(cookies: CookieJar, address: string, outgoing: Outgoing): Promise<Page> {
  const { method, from, via = [], frame, body, headers, fetchMetadata = true } = outgoing;
  const url = new URL(address);
  const crossSite = from !== undefined && relation(from, url) === "cross-site";
  const blocked = crossSite && frame !== undefined && !frame.cookies;
  const safeNavigation = method === "GET" && !frame;
  const cookie = blocked ? "" : cookies.header(url, { crossSite, safeNavigation });
  const message = request(url, {
    method,
    agent: false,
    lookup: loopback,
    headers: {
      Accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      ...(fetchMetadata && {
        "Sec-Fetch-Site": from ? weakest([...via, url].map((hop) => relation(from, hop))) : "none",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": frame ? "iframe" : "document",
      }),
      ...(cookie && { Cookie: cookie }),
      ...(method === "POST" && from && { Origin: originHeader(from) }),
      ...(body !== undefined && {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": String(Buffer.byteLength(body)),
      }),
      ...headers,
    },
  });
  const { promise, resolve, reject } = Promise.withResolvers<Page>();
  message.on("error", reject).on("response", (response) => {
    const setCookies = blocked ? [] : (response.headers["set-cookie"] ?? []);
    for (const header of setCookies) cookies.set(url, header);
    text(response).then((body) => {
      resolve(toPage(url.href, response.statusCode ?? 0, response.headers, body));
    }, reject);
  });
  message.end(body);
  return promise;
}

// Browsers take every *.localhost for loopback; Node does not.
const loopback: LookupFunction = (_name, options, done) => {
  if (options.all) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

function toPage(url: string, status: number, headers: IncomingHttpHeaders, body: string): Page {
  const origin = { url, noReferrer: headers["referrer-policy"] === "no-referrer" };
  const { location } = headers;
  const redirects = status >= 300 && status < 400 && location !== undefined;
  return {
    ...origin,
    status,
    headers,
    body,
    text: textOf(body),
    forms: parseForms(body, origin),
    frames: parseFrames(body, url),
    location: redirects ? new URL(location, url).href : undefined,
    refresh: parseRefresh(body, url),
  };
}

type Relation = "same-origin" | "same-site" | "cross-site";

// Different ports of one host are one site; `a.localhost` and `localhost` are two.
function relation(from: PageOrigin, to: URL): Relation {
  const { origin, hostname } = new URL(from.url);
  if (origin === to.origin) return "same-origin";
  return hostname === to.hostname ? "same-site" : "cross-site";
}

// One hop through another site makes the whole chain cross-site.
function weakest(relations: Relation[]): Relation {
  if (relations.includes("cross-site")) return "cross-site";
  return relations.includes("same-site") ? "same-site" : "same-origin";
}

function originHeader({ url, noReferrer }: PageOrigin): string {
  return noReferrer ? "null" : new URL(url).origin;
}
