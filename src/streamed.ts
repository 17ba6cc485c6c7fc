import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Watches for invocations whose request the host sends over HTTP (`enableHttpStream`). Only what the handler returns
 * answers such a request. If the handler throws, the caller waits for ever (Azure/azure-functions-nodejs-library#324).
 *
 * @returns whether the invocation with this id is one of them.
 */
export function watchStreamed(): (invocationId: string) => boolean {
  const invocations = new Set<string>();
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const id = request.headers["x-ms-invocation-id"];
    if (typeof id !== "string") return;
    invocations.add(id);
    response.once("close", () => invocations.delete(id));
  });
  return (invocationId) => invocations.has(invocationId);
}
