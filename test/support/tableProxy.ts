import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Azurite } from "../../local/azurite/azurite.ts";
import { close, listen } from "./listen.ts";

export interface TableRequest {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly body: string;
}

/** Where a request is when it is held up: not yet at the table service, or carried out and not yet answered. */
export type Moment = "before commit" | "after commit";

export interface TableProxy {
  /** For an app that is to go through here. */
  connectionString: string;
  /** While it is true, every connection is cut off. */
  down: boolean;
  /** How many were. */
  refused: number;
  /** Asked twice about every request; `false` cuts its connection there. */
  admit: (request: TableRequest, moment: Moment) => boolean | Promise<boolean>;
  /** What went through since the last call, such as `GET` or `POST`, in order. */
  take(): string[];
  stop(): Promise<void>;
}

/** Stands before the table service: counts the requests that go through, and takes it away when asked. */
export async function startTableProxy(
  azurite: Pick<Azurite, "connectionString" | "port">,
): Promise<TableProxy> {
  let methods: string[] = [];

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = incoming;
    const body = await buffer(incoming);
    const held = { method, url, body: body.toString() };
    if (!(await proxy.admit(held, "before commit"))) return void outgoing.destroy();

    const onward = request({ host: "127.0.0.1", port: azurite.port, method, headers, path: url });
    onward.end(body);
    const [response] = (await once(onward, "response")) as [IncomingMessage];
    const answer = await buffer(response);
    if (!(await proxy.admit(held, "after commit"))) return void outgoing.destroy();
    outgoing.writeHead(response.statusCode ?? 500, response.rawHeaders).end(answer);
  }

  const server = createServer((incoming, outgoing) => {
    if (proxy.down) {
      proxy.refused += 1;
      incoming.destroy();
      return;
    }
    methods.push(incoming.method ?? "");
    pass(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const port = await listen(server);
  const proxy: TableProxy = {
    down: false,
    refused: 0,
    connectionString: azurite.connectionString.replace(`:${azurite.port}/`, `:${port}/`),
    admit: () => true,
    take() {
      const taken = methods;
      methods = [];
      return taken;
    },
    stop: () => close(server),
  };
  return proxy;
}
