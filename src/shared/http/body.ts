import { BadRequest, RequestTooLarge } from "../base/errors.ts";
import type { HttpRequest } from "./types.ts";

/**
 * The whole body of a request.
 *
 * @param limit Bytes.
 * @throws {RequestTooLarge} @throws {BadRequest} The host has dropped it.
 */
export async function readBody(request: HttpRequest, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bodyOf(request, limit)) chunks.push(chunk);
  const [first = new Uint8Array(), ...more] = chunks;
  return more.length === 0 ? first : Buffer.concat(chunks);
}

/**
 * The body of a request, as it comes. One that is too long is read no further, and not at all if it says so.
 *
 * @param limit Bytes.
 * @throws {RequestTooLarge} @throws {BadRequest} The host has dropped it.
 */
export async function* bodyOf(
  { headers, body }: HttpRequest,
  limit: number,
): AsyncGenerator<Uint8Array> {
  if (Number(headers.get("content-length") ?? 0) > limit) throw new RequestTooLarge(limit);
  // Without streams the host drops a body that says no length: nobody may take it for an empty one.
  if (body === null && headers.get("transfer-encoding")) {
    throw new BadRequest((say) => say.noLength);
  }
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > limit) throw new RequestTooLarge(limit);
    yield chunk;
  }
}
