import { RequestTooLarge } from "../base/errors.ts";
import type { HttpRequest } from "./types.ts";

/**
 * The body of a request. One that says it is too long is refused unread: the host has its bytes already, and
 * every copy would cost as much again.
 *
 * @param limit Bytes.
 * @throws {RequestTooLarge}
 */
export async function readBody(request: HttpRequest, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw new RequestTooLarge(limit);
  const body = await request.arrayBuffer();
  if (body.byteLength > limit) throw new RequestTooLarge(limit);
  return new Uint8Array(body);
}
