/*
 * Loaded into the app's process before the app (`node --import`): writes down every answer that leaves it,
 * one line of JSON each, in the file that WIRE_FILE names.
 */
import { subscribe } from "node:diagnostics_channel";
import { appendFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Answer {
  /** Method and target, as in the request line. */
  readonly request: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  /** One character per byte. */
  readonly body: string;
}

const file = process.env.WIRE_FILE;

if (file !== undefined) {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const chunks: Buffer[] = [];
    const write = response.write.bind(response) as (chunk: Uint8Array) => boolean;
    // The local host writes a body with `write`, and ends without one.
    response.write = (chunk: Uint8Array) => {
      chunks.push(Buffer.from(chunk));
      return write(chunk);
    };
    response.once("close", () => {
      const answer = {
        request: `${request.method} ${request.url}`,
        status: response.statusCode,
        headers: response.getHeaders(),
        body: Buffer.concat(chunks).toString("latin1"),
      };
      appendFileSync(file, `${JSON.stringify(answer)}\n`);
    });
  });
}
