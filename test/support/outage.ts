import { createServer } from "node:http";
import type { Azurite } from "../../local/azurite/azurite.ts";
import { close, listen } from "./listen.ts";
import { passOn } from "./passOn.ts";

/** What a table can be like: gone (ECONNREFUSED), silent, or refusing with that status and code. */
export type Outage = "gone" | "silent" | readonly [status: number, code: string];

export interface FlakyTable {
  /** For an app that is to go through here. */
  readonly connectionString: string;
  /** How many requests came while it was out. */
  readonly met: number;
  /** Puts it out, until it is called without one. */
  be(outage?: Outage): Promise<void>;
  stop(): Promise<void>;
}

/** Stands before the table service, and can be as bad as the world. */
export async function startFlakyTable(
  azurite: Pick<Azurite, "connectionString" | "port">,
): Promise<FlakyTable> {
  let outage: Outage | undefined;
  let met = 0;
  let isStopped = false;

  const server = createServer((incoming, outgoing) => {
    if (outage === undefined) return passOn(`http://127.0.0.1:${azurite.port}`, incoming, outgoing);
    met += 1;
    // Whoever was left without an answer does not get one later either.
    if (typeof outage === "string") return;
    const [status, code] = outage;
    const error = { code, message: { lang: "en-US", value: "Refused by a test." } };
    outgoing.writeHead(status, { "Content-Type": "application/json" });
    outgoing.end(JSON.stringify({ "odata.error": error }));
  });
  const port = await listen(server);
  const table: FlakyTable = {
    connectionString: azurite.connectionString.replace(`:${azurite.port}/`, `:${port}/`),
    get met() {
      return met;
    },
    async be(next) {
      if (isStopped) return;
      if (next === "gone" && server.listening) await close(server);
      if (next !== "gone" && !server.listening) await listen(server, port);
      outage = next;
    },
    async stop() {
      isStopped = true;
      if (server.listening) await close(server);
    },
  };
  return table;
}
