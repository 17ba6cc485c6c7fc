import { randomUUID } from "node:crypto";

/** What Graph answers: JSON when `body` is an object, bytes when it is a buffer, else nothing. */
export interface Reply {
  status: number;
  headers?: Record<string, string>;
  body?: object | Buffer;
}

/** Thrown by a resource to answer with Graph's error shape. */
export class GraphError extends Error {
  readonly reply: Reply;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    const id = randomUUID();
    const innerError = {
      date: new Date().toISOString().slice(0, 19),
      "request-id": id,
      "client-request-id": id,
    };
    this.reply = { status, headers, body: { error: { code, message, innerError } } };
  }
}

/** An unusable query or body, as OData answers it. */
export function badRequest(message: string): GraphError {
  return new GraphError(400, "BadRequest", message);
}
