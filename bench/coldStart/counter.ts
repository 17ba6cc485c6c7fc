import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";

/** What a client makes a table service do. */
export interface Counter {
  readonly port: number;
  readonly connections: () => number;
  /** In order, in the words of the other benchmarks. */
  readonly requests: readonly string[];
  stop(): Promise<void>;
}

const WORDS: Readonly<Record<string, string>> = {
  GET: "read",
  POST: "insert",
  PUT: "replace",
  DELETE: "delete",
};

/** Stands in front of a table service on this machine. */
export async function startCounter(service: number): Promise<Counter> {
  let connections = 0;
  const requests: string[] = [];
  const server = createServer((client) => {
    connections += 1;
    client.on("data", (bytes) => {
      for (const [, method = ""] of bytes
        .toString("latin1")
        .matchAll(/^([A-Z]+) \S+ HTTP\/1\.1\r$/gm)) {
        requests.push(WORDS[method] ?? method);
      }
    });
    const table = connect(service, "127.0.0.1");
    client.pipe(table).pipe(client);
    client.on("error", () => table.destroy());
    table.on("error", () => client.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    requests,
    connections: () => connections,
    async stop() {
      server.close();
      await once(server, "close");
    },
  };
}
