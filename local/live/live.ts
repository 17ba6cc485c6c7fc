import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { LogLine } from "../host/log.ts";
import { Journal } from "./journal.ts";
import { page } from "./page.ts";
import { look, type Watched } from "./state.ts";
import { STYLE_HASH } from "./style.ts";

export interface Live {
  url: string;
  /** Takes what the functions log. */
  log(line: LogLine): void;
  stop(): Promise<void>;
}

const POLICY = `default-src 'none'; script-src 'self'; style-src '${STYLE_HASH}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const SCRIPT = readFileSync(new URL("live.js", import.meta.url));

/**
 * Shows side by side what the browser, the functions, the table and the other app hold, while it changes.
 * @param options.lightsout Where people enter the function app.
 */
export async function startLive(
  options: Watched & { port?: number; lightsout: { readonly url: string } },
): Promise<Live> {
  const { port = 0, lightsout, otherApp, tenant } = options;
  const journal = new Journal();
  const places = () => [
    { name: "Lightsout", url: lightsout.url },
    { name: "Fabrikam Travel", url: otherApp.url },
    { name: "Dev tenant", url: tenant.url },
  ];

  async function answer(request: IncomingMessage): Promise<[type: string, body: string | Buffer]> {
    if (request.url === "/live.js") return ["text/javascript", SCRIPT];
    if (request.url !== "/state") return ["text/html", page(places())];
    const state = await look(options, journal, cookieNames(request));
    return ["application/json", JSON.stringify(state)];
  }

  const server = createServer(async (request, response) => {
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("cache-control", "no-store");
    response.setHeader("x-content-type-options", "nosniff");
    try {
      const [type, body] = await answer(request);
      response.setHeader("content-type", `${type}; charset=utf-8`).end(body);
    } catch {
      // The table store is stopping.
      response.writeHead(503).end();
    }
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    log: (line) => journal.add(line),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Cookies ignore ports, so those of an app on `localhost` come along here too. Their values are dropped. */
function cookieNames({ headers }: IncomingMessage): string[] {
  const names = (headers.cookie ?? "").split("; ").map((pair) => pair.split("=", 1)[0] ?? "");
  return names.filter((name) => name.startsWith("__Host-lightsout")).sort();
}
