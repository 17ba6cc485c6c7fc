import { bodyOf } from "./body.ts";
import type { HttpRequest } from "./types.ts";

/** What is held, so that it can be sent a second time. Bytes. */
const HELD_BYTES = 64 * 1024;

/**
 * The body of a request that comes as a stream: as bytes where it is small, else as it comes.
 *
 * @param limit Bytes.
 * @throws {BadRequest} The host has dropped it. @throws {RequestTooLarge} So does the stream, once it is.
 */
export async function openUpload(
  request: HttpRequest,
  limit: number,
): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
  const chunks = bodyOf(request, limit);
  const held: Uint8Array[] = [];
  let size = 0;
  while (size <= HELD_BYTES) {
    const { done, value } = await chunks.next();
    if (done) return Buffer.concat(held);
    held.push(value);
    size += value.length;
  }
  return (async function* () {
    yield* held;
    yield* chunks;
  })();
}
