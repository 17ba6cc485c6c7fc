import { ReadableStream } from "node:stream/web";
import type { HttpResponse, HttpResponseInit } from "@azure/functions";
import { type Delivery, deliver } from "./shared/http/delivery.ts";
import type { Cookie } from "./shared/http/types.ts";

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
  answer: HttpResponseInit | HttpResponse | undefined,
): HttpResponseInit | HttpResponse {
  if (answer === undefined || answer === null) return uncached({ status: 204 });
  if (typeof answer !== "object") return answer;
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

/** The answer with a stream that goes at the caller's pace, and that is seen to break off where it does. */
export function delivered(
  answer: HttpResponseInit | HttpResponse,
  delivery: Delivery | undefined,
  broken: (error: unknown) => void,
): HttpResponseInit | HttpResponse {
  const isWhole = !answer.body || ("jsonBody" in answer && answer.jsonBody !== undefined);
  if (delivery === undefined || isWhole || !isStream(answer.body)) return answer;
  const { status = 200, headers = {}, cookies = [], body } = answer;
  const stream = body instanceof ReadableStream ? body : ReadableStream.from(body as never);
  return { status, headers, cookies, body: deliver(stream, delivery, undefined, broken) };
}

function isStream(body: unknown): boolean {
  return body instanceof ReadableStream || Symbol.asyncIterator in Object(body);
}
