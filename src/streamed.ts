import { subscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Delivery } from "./shared/http/delivery.ts";

/** The way back to the caller of an invocation, where that is HTTP. */
export type DeliveryOf = (invocationId: string) => Delivery | undefined;

/**
 * Watches for invocations whose request the host sends over HTTP (`enableHttpStream`). Only what the handler returns
 * answers such a request. If the handler throws, the caller waits for ever (Azure/azure-functions-nodejs-library#324).
 */
export function watchStreamed(): DeliveryOf {
  const deliveries = new Map<string, Delivery>();
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const id = request.headers["x-ms-invocation-id"];
    if (typeof id !== "string") return;
    deliveries.set(id, deliveryOver(response));
    response.once("close", () => deliveries.delete(id));
  });
  return (invocationId) => deliveries.get(invocationId);
}

function deliveryOver(response: ServerResponse): Delivery {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return {
    gone: gone.signal,
    begin: () => response.flushHeaders(),
    breakOff: () => void response.destroy(),
    async ready() {
      if (!response.writableNeedDrain || gone.signal.aborted) return;
      await once(response, "drain", { signal: gone.signal }).catch(() => {});
    },
  };
}
