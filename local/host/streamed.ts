import { randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse, request as sendRequest } from "node:http";
import type { HostContext } from "./context.ts";
import type { HttpFunction } from "./functions.ts";
import { FunctionTimeout } from "./invoke.ts";
import { addressOf, assertLength, type HostRequest, toRpcRequest } from "./request.ts";
import { HOP_BY_HOP } from "./response.ts";
import type { RouteParams } from "./routes.ts";
import type { RpcTypedData } from "./rpc.ts";

/*
 * With `enableHttpStream` the host sends a request on to the worker over HTTP, and what comes back to the caller. The
 * invocation only says that it is there.
 */

/**
 * Answers a request so. Where the function throws, or returns nothing, the caller waits for ever, as with the real host
 * (azure-functions-nodejs-library#324).
 *
 * @param httpUri Where the worker takes requests.
 */
export function passOn(
  context: HostContext,
  httpUri: string,
  found: { target: HttpFunction; params: RouteParams },
  request: HostRequest,
  message: IncomingMessage,
  response: ServerResponse,
  limit: number,
): void {
  assertLength(message, limit);
  const { target, params } = found;
  const invocationId = randomUUID();
  const [scheme, host] = addressOf(request);
  const { host: _, ...received } = request.headers;
  const lines = Object.entries(received).filter(([name]) => !HOP_BY_HOP.test(name));
  const headers = {
    ...Object.fromEntries(lines),
    ...(message.headers["transfer-encoding"] && { "transfer-encoding": "chunked" }),
    "x-forwarded-host": host,
    "x-forwarded-proto": scheme,
    "x-ms-invocation-id": invocationId,
  };
  const { method } = request;
  const onward = sendRequest(new URL(message.url ?? "/", httpUri), { method, headers });
  const refuse = () => {
    if (response.headersSent) return response.destroy();
    response.statusCode = 500;
    return response.end();
  };
  onward.on("error", refuse);
  onward.on("response", (answer) => {
    const own = Object.entries(answer.headersDistinct).filter(([name]) => !HOP_BY_HOP.test(name));
    const custom = Object.entries(context.customHeaders);
    const more = custom.filter(([name]) => !own.some(([other]) => other === name.toLowerCase()));
    response.writeHead(answer.statusCode ?? 500, Object.fromEntries([...more, ...own]) as never);
    response.flushHeaders();
    answer.on("error", () => response.destroy());
    answer.pipe(response);
  });
  // The client has left: the worker's connection goes too, and nothing tells the function.
  response.on("close", () => onward.destroy());
  let size = 0;
  message.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) onward.destroy(new Error("Request body too large."));
  });
  message.pipe(onward);

  const { nullableParams, nullableQuery } = toRpcRequest(request, params, new Uint8Array());
  const triggerMetadata: Record<string, RpcTypedData> = {
    // Names of the query end up among the parameters.
    ...texts(nullableQuery),
    ...texts(nullableParams),
    Headers: { json: JSON.stringify(joined(request.headers)) },
  };
  const traceParent = request.headers.traceparent?.[0];
  const input = { http: toRpcRequest(request, params, new Uint8Array()) };
  context
    .invoke(target, { input, traceParent, invocationId, triggerMetadata })
    .catch((error: Error) => {
      if (error.cause instanceof FunctionTimeout) refuse();
    });
}

function texts(values: Record<string, { value: string }>): Record<string, RpcTypedData> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { value }]) => [name, { string: value }]),
  );
}

function joined(headers: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, lines]) => [name, lines.join(",")]),
  );
}
