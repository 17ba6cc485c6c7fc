import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Delivery } from "../../src/shared/http/delivery.ts";
import type { HttpRequest, HttpResponse } from "../../src/shared/http/types.ts";
import { watchStreamed } from "../../src/streamed.ts";
import { close, listen } from "./listen.ts";

type Answer = (request: HttpRequest, delivery: Delivery) => Promise<HttpResponse>;

/** Answers over HTTP with streams, as the library does for the host with `enableHttpStream`. */
export async function startStreamed(answer: Answer) {
  const deliveryOf = watchStreamed();
  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  const port = await listen(server);
  let calls = 0;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const delivery = deliveryOf(String(incoming.headers["x-ms-invocation-id"]));
    if (delivery === undefined) throw new Error("That is no request of the host's.");
    const { status, headers = {}, body } = await answer(requestOf(incoming), delivery);
    outgoing.statusCode = status;
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    // Without waiting for anything, as the library does.
    for await (const chunk of new Response(body ?? null).body ?? []) {
      outgoing.write(chunk);
    }
    outgoing.end();
  }

  return {
    /** Sends a request whose body and answer are streams. */
    open(path: string, method = "GET", headers: Record<string, string> = {}) {
      const id = `call-${++calls}`;
      return request({
        ...{ host: "127.0.0.1", port, path, method, agent: false },
        headers: { ...headers, "x-ms-invocation-id": id },
      }).on("error", () => {});
    },
    stop: () => close(server),
  };
}

function requestOf(incoming: IncomingMessage): HttpRequest {
  const { method = "GET", url = "/" } = incoming;
  const isRead = method === "GET";
  const native = new Request(`http://host-header.example${url}`, {
    method,
    headers: incoming.headers as Record<string, string>,
    ...(!isRead && { body: incoming as never, duplex: "half" }),
  } as RequestInit);
  return Object.assign(native, { params: {} }) as unknown as HttpRequest;
}
