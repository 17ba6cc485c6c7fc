import { validateHeaderValue } from "node:http";
import type { ReadableStream } from "node:stream/web";
import type { HttpResponse, HttpResponseInit } from "@azure/functions";
import { checkCookie } from "./checkCookie.ts";
import { type Delivery, deliver, WITHOUT_BODY } from "./shared/http/delivery.ts";
import type { Cookie } from "./shared/http/types.ts";

type Body = ConstructorParameters<typeof Response>[0];

/** The answer with more cookies. Nobody may cache them, whatever the handler says. */
export function withCookies(
  answer: HttpResponseInit | HttpResponse,
  cookies: Cookie[],
): HttpResponseInit | HttpResponse {
  if (cookies.length === 0 || typeof answer !== "object") return answer;
  if ("bodyUsed" in answer) {
    answer.headers.set("cache-control", "no-store");
    answer.cookies.push(...cookies);
    return answer;
  }
  const headers = new Headers(answer.headers);
  headers.set("cache-control", "no-store");
  return { ...answer, headers, cookies: [...(answer.cookies ?? []), ...cookies] };
}

/** The answer with `Cache-Control: no-store`, unless the handler set another. No answer is 204, as on the host. */
export function uncached(
  answer: HttpResponseInit | HttpResponse | Response | undefined,
): HttpResponseInit | HttpResponse {
  if (answer === undefined || answer === null) return uncached({ status: 204 });
  if (typeof answer !== "object") return answer;
  if (answer instanceof Response) {
    // The platform's own has no cookies, and the headers of a redirect cannot be changed.
    const { status, headers, body } = answer;
    return uncached({ status, headers: new Headers(headers), body } as HttpResponseInit);
  }
  const headers = new Headers(answer.headers);
  if (headers.has("cache-control")) return answer;
  // A spread would lose everything of a `new HttpResponse()`: its properties are getters.
  if ("bodyUsed" in answer) answer.headers.set("cache-control", "no-store");
  else {
    headers.set("cache-control", "no-store");
    return { ...answer, headers };
  }
  return answer;
}

/**
 * The answer to a caller over HTTP: its body goes at the caller's pace, and is seen to break off where it does.
 *
 * @throws It cannot be sent. The host's library would throw where nobody catches it, and the caller wait for ever.
 */
export function delivered(
  answer: HttpResponseInit | HttpResponse,
  delivery: Delivery,
  broken: (error: unknown) => void,
): HttpResponseInit {
  if (typeof answer !== "object") {
    throw new TypeError("A handler has to return an object, such as { body }.");
  }
  const cookies = [...(answer.cookies ?? [])];
  for (const cookie of cookies) checkCookie(cookie);
  const { status, headers, body } = responseOf(answer);
  for (const [name, value] of headers) validateHeaderValue(name, value);
  // A team's own types may have the DOM's stream here.
  const stream = body as ReadableStream<Uint8Array> | null;
  const paced = stream && deliver(stream, delivery, undefined, broken);
  return { status, headers, cookies, ...(paced && { body: paced }) };
}

/** As the host's library makes one. */
function responseOf({
  status = 200,
  headers = {},
  body,
  jsonBody,
}: HttpResponseInit | (HttpResponse & { jsonBody?: never })): Response {
  const init = { status, headers } as ResponseInit;
  if (WITHOUT_BODY.includes(Number(status))) return new Response(null, init);
  const isJson = jsonBody !== undefined && jsonBody !== null;
  return isJson ? Response.json(jsonBody, init) : new Response(body as Body, init);
}
