import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Azurite } from "../../local/azurite/azurite.ts";

export interface TableProxy {
  /** For an app that is to go through here. */
  connectionString: string;
  /** While it is true, every connection is cut off. */
  down: boolean;
  /** How many were. */
  refused: number;
  /** What went through since the last call, such as `GET` or `POST`, in order. */
  take(): string[];
  stop(): Promise<void>;
}

/** Stands before the table service: counts the requests that go through, and takes it away when asked. */
export async function startTableProxy(azurite: Azurite): Promise<TableProxy> {
  let methods: string[] = [];
  const server = createServer((incoming, outgoing) => {
    if (proxy.down) {
      proxy.refused += 1;
      incoming.destroy();
      return;
    }
    methods.push(incoming.method ?? "");
    const { method, headers, url: path } = incoming;
    const onward = request({ host: "127.0.0.1", port: azurite.port, method, headers, path });
    incoming.pipe(onward);
    onward.on("error", () => outgoing.destroy());
    onward.on("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 500, response.rawHeaders);
      response.pipe(outgoing);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy: TableProxy = {
    down: false,
    refused: 0,
    connectionString: azurite.connectionString.replace(`:${azurite.port}/`, `:${port}/`),
    take() {
      const taken = methods;
      methods = [];
      return taken;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
