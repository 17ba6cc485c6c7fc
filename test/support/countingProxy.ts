import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import type { Azurite } from "../../local/azurite/azurite.ts";

export interface CountingProxy {
  /** For an app that is to be counted. */
  connectionString: string;
  /** What went through since the last call, such as `GET` or `POST`, in order. */
  take(): string[];
  stop(): Promise<void>;
}

/** Stands before the table service and counts the requests that go through. */
export async function startCountingProxy(azurite: Azurite): Promise<CountingProxy> {
  let methods: string[] = [];
  const server = createServer((incoming, outgoing) => {
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
  return {
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
}
