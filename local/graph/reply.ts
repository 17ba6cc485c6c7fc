import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

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

export function invalidToken(message: string): GraphError {
  return new GraphError(401, "InvalidAuthenticationToken", message, {
    "www-authenticate": `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`,
  });
}

export function denied(code: string): GraphError {
  return code === "ErrorAccessDenied"
    ? new GraphError(403, code, "Access is denied. Check credentials and try again.")
    : new GraphError(403, code, "Insufficient privileges to complete the operation.");
}

const JSON_TYPE =
  "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

export function send(response: ServerResponse, { status, headers = {}, body }: Reply): void {
  const bytes = Buffer.isBuffer(body) ? body : body && Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, {
      "cache-control": "no-cache",
      "odata-version": "4.0",
      ...(bytes === body ? {} : { "content-type": JSON_TYPE }),
      ...headers,
    })
    .end(bytes);
}
