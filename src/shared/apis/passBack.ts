import { Readable } from "node:stream";
import { ByteLengthQueuingStrategy } from "node:stream/web";
import { ApiUnavailable, SignedOut } from "../base/errors.ts";
import { isLoopback } from "../config/env.ts";
import type { Context } from "../context.ts";
import { type Awaiting, type Delivery, deliver, WITHOUT_BODY } from "../http/delivery.ts";
import type { HttpResponse } from "../http/types.ts";
import { type Opened, TimeoutError } from "../net/open.ts";
import { readAll } from "../net/send.ts";
import { hasLinks, type Links, withOwnLinks } from "./continuation.ts";
import { linkHeader } from "./linkHeader.ts";
import type { Permitted } from "./permissions.ts";
import { pick } from "./pick.ts";

/** The call that was answered, and how its answer goes back. */
interface Answered extends Pick<Permitted, "scopes" | "download"> {
  readonly url: string;
  readonly links: Links;
  readonly waiting: Awaiting;
  readonly delivery: Delivery | undefined;
  /** Ends the call. */
  readonly ended: AbortController;
}

const RESPONSE_HEADERS = [
  "content-encoding",
  "content-type",
  "etag",
  "preference-applied",
  "request-id",
  "retry-after",
];

/** Makes an API's answer one of ours: as a stream where that can be, else whole. @throws {ApiUnavailable} */
export async function passBack(
  context: Pick<Context, "log" | "dampedLog">,
  { status, headers, body }: Opened,
  { url, scopes, download, links, waiting, delivery, ended }: Answered,
): Promise<HttpResponse> {
  // It broke off while nobody read it. Whoever reads it now waits for ever, or takes it for whole.
  if (body.errored) throw body.errored;
  if (status < 200 || status > 599) {
    body.destroy();
    // No `Response` has such a status (Fetch Standard, initialize a response), nor the host's library.
    throw new ApiUnavailable(false);
  }
  const link = linkHeader(headers.link, links, scopes, url);
  const passed: Record<string, string> = {
    ...pick(RESPONSE_HEADERS, (name) => headers[name]),
    ...(link && { link }),
  };
  if (status >= 300 && status < 400 && status !== 304) {
    body.destroy();
    // Following a redirect would send the token to its target. The browser has no token to send.
    const location = download ? addressOf(headers.location) : undefined;
    if (location === undefined) throw new ApiUnavailable(false);
    return { status: 302, headers: { ...passed, Location: location } };
  }
  const type = headers["content-type"] ?? "";
  const isJson = /\bjson\b/i.test(type);
  // A gateway's error page is dropped. Its status and `Retry-After` are passed on.
  if (status >= 500 && !isJson) {
    body.destroy();
    const { "content-type": _, ...told } = passed;
    return { status, headers: told };
  }
  if (WITHOUT_BODY.includes(status)) {
    body.resume();
    return { status, headers: passed };
  }
  const mayHaveLinks = isJson && hasLinks(links) && headers["content-encoding"] === undefined;
  if (delivery && !mayHaveLinks) {
    const broken = (error: unknown) => {
      ended.abort();
      context.log("warn", "api.broken_off", { reason: reasonOf(error), api: links.api.route });
    };
    // The default counts chunks, and takes 65,536 of them.
    const strategy = new ByteLengthQueuingStrategy({ highWaterMark: body.readableHighWaterMark });
    const stream = Readable.toWeb(body, { strategy });
    return { status, headers: passed, body: deliver(stream, delivery, waiting, broken) };
  }
  if (/^text\/event-stream\b/i.test(type)) {
    body.destroy();
    const reason = `${links.api.route} answers with an event stream, which this app would hold to its end: call app.setup({ enableHttpStream: true }).`;
    context.dampedLog("error", "api.stream_refused", { reason });
    throw new ApiUnavailable(false);
  }
  const held = await waiting(readAll(body));
  return { status, headers: passed, body: mayHaveLinks ? withOwnLinks(held, links, scopes) : held };
}

function reasonOf(error: unknown): string {
  if (error instanceof SignedOut) return "signed_out";
  return error instanceof TimeoutError ? "timed_out" : "failed";
}

function addressOf(location: string | undefined): string | undefined {
  const url = location !== undefined && URL.canParse(location) ? new URL(location) : undefined;
  if (url === undefined) return undefined;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  return isSafe ? url.href : undefined;
}
