import type { IncomingHttpHeaders } from "node:http";
import type { Readable } from "node:stream";
import type { Open, Outgoing } from "./open.ts";

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends one HTTP request, and waits for the whole answer. @throws what {@link Open} does. */
export type Send = (url: string | URL, request: Outgoing) => Promise<Answer>;

/** Larger than anything that is asked for and held in memory. Bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function wholeAnswers(open: Open): Send {
  return async (url, request) => {
    const { status, headers, body } = await open(url, request);
    return { status, headers, body: await readAll(body) };
  };
}

/** @throws {RangeError} There is too much of it; and what the stream throws. */
export function readAll(body: Readable): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  body.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER_BYTES) body.destroy(new RangeError("The answer is too large."));
  });
  body.on("error", reject);
  body.on("end", () => {
    const [first = Buffer.alloc(0), ...more] = chunks;
    resolve(more.length === 0 ? first : Buffer.concat(chunks));
  });
  return promise;
}
