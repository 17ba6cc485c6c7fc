import { BadRequest } from "../base/errors.ts";
import { readBody } from "./body.ts";
import type { HttpRequest } from "./types.ts";

/** No authorization response is longer. Bytes. */
const MAX_BYTES = 64 * 1024;

/** @throws {BadRequest} It is no form, or has a parameter twice (RFC 6749 §3.1). @throws {RequestTooLarge} */
export async function readForm(request: HttpRequest): Promise<URLSearchParams> {
  const [type] = (request.headers.get("content-type") ?? "").split(";");
  if (type?.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    throw new BadRequest((say) => say.notAForm);
  }
  const body = await readBody(request, MAX_BYTES);
  return onlyOnce(new URLSearchParams(Buffer.from(body).toString()));
}

/**
 * The query of a request. The host's own `request.query` joins repeated parameters and ignores case.
 * @throws {BadRequest} A parameter comes twice.
 */
export function readQuery(request: HttpRequest): URLSearchParams {
  return onlyOnce(new URL(request.url).searchParams);
}

function onlyOnce(parameters: URLSearchParams): URLSearchParams {
  if (new Set(parameters.keys()).size < parameters.size) {
    throw new BadRequest((say) => say.repeatedParameter);
  }
  return parameters;
}
