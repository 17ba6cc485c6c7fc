import { NotPermitted } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { readBody } from "../http/body.ts";
import type { Awaiting, Delivery } from "../http/delivery.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import { openUpload } from "../http/upload.ts";
import { isStream, type Outgoing } from "../net/open.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { callApi, unavailable } from "./callApi.ts";
import { continuedCall, type Links } from "./continuation.ts";
import { passBack } from "./passBack.ts";
import { permittedCall } from "./permissions.ts";
import { pick } from "./pick.ts";

const REQUEST_HEADERS = [
  "accept",
  "accept-language",
  "consistencylevel",
  "content-type",
  "if-match",
  "if-none-match",
  "last-event-id",
  "prefer",
];
/** What takes no longer is not watched: it ends soon enough by itself. Milliseconds. */
const SHORT_MS = 30_000;

/**
 * Passes a request below the API's route on to the API as the signed-in user. The permission table has to have the call, or
 * an earlier answer of the API its address. Only the listed headers pass, in both directions. The API's answer passes
 * unchanged, errors too.
 *
 * @param delivery How the caller is answered, where bodies can be streams. It all ends at most 30 s after a sign-out.
 * @throws {NotPermitted} @throws {BadRequest} @throws {RequestTooLarge} @throws {TooManyCalls} @throws {ApiUnavailable} @throws {SignedOut}
 * and what `getToken` throws.
 */
export async function forward(
  context: Context,
  request: HttpRequest,
  session: SignedInSession,
  api: DeclaredApi,
  delivery?: Delivery,
): Promise<HttpResponse> {
  const { method } = request;
  const { pathname, search, searchParams } = new URL(request.url);
  const { settings, keyring } = context;
  const path = pathname.slice(`${settings.prefix}/${api.route}/`.length);
  const links: Links = { baseUrl: settings.baseUrl, api, keyring, account: session.account };
  const call =
    (method === "GET" ? continuedCall(path, search, links) : undefined) ??
    permittedCall(method, path, searchParams, api.calls);
  if (call === undefined) throw new NotPermitted();

  const url = `${api.baseUrl}/${call.path}${call.query && `?${call.query}`}`;
  const isWatched = delivery !== undefined || api.timeout > SHORT_MS;
  const waiting: Awaiting = isWatched ? context.watchSignOut(session) : (part) => part;
  const ended = new AbortController();
  delivery?.gone.addEventListener("abort", () => ended.abort());
  try {
    delivery?.gone.throwIfAborted();
    const outgoing = {
      ...(await waiting(outgoingOf(request, api, delivery))),
      ...(isWatched && { signal: ended.signal }),
    };
    const answer = await waiting(callApi(context, session, api, call.scopes, url, outgoing));
    return await passBack(context, answer, { ...call, url, links, waiting, delivery, ended });
  } catch (error) {
    ended.abort();
    // Nobody is there to be told.
    if (delivery?.gone.aborted) return { status: 499 };
    throw unavailable(error);
  }
}

async function outgoingOf(
  request: HttpRequest,
  { maxRequestBytes }: DeclaredApi,
  delivery: Delivery | undefined,
): Promise<Omit<Outgoing, "timeout">> {
  const { method } = request;
  const headers = pick(REQUEST_HEADERS, (name) => request.headers.get(name));
  if (method === "GET") return { method, headers };
  const read = delivery === undefined ? readBody : openUpload;
  const body = await read(request, maxRequestBytes);
  const length = isStream(body)
    ? pick(["content-length"], (name) => request.headers.get(name))
    : {};
  return { method, headers: { ...headers, ...length }, body };
}
