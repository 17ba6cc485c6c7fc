import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";

/** Two more origins, for sign-outs that leave the origin of the sign-in pages. */
export interface Elsewhere {
  /** The tenant on another port, with the same cookies, which ignore ports. */
  readonly url: string;
  /** Sends every request back to {@link url}, marked as {@link FEDERATED}. */
  readonly federation: string;
  stop(): Promise<void>;
}

/** The parameter of a sign-out that has been at the federation already. */
export const FEDERATED = "federated";

export async function startElsewhere(tenant: RequestListener): Promise<Elsewhere> {
  const pages = await listen(createServer(tenant));
  const url = `http://login.localhost:${pages.port}`;
  const detour = await listen(
    createServer((request, response) => {
      const back = new URL(request.url ?? "/", url);
      back.searchParams.set(FEDERATED, "done");
      response.writeHead(302, { Location: back.href, "Cache-Control": "no-store" }).end();
    }),
  );
  return {
    url,
    federation: `http://federation.localhost:${detour.port}`,
    stop: async () => void (await Promise.all([pages.stop(), detour.stop()])),
  };
}

async function listen(server: Server) {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      const closed = promisify(server.close.bind(server))();
      server.closeAllConnections();
      await closed;
    },
  };
}
