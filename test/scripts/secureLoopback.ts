import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { selfSignedCertificate } from "../../local/tenant/certificate.ts";
import { pemOf, rsaKey } from "../support/certificate.ts";
import type { Answer, Received } from "../support/loopback.ts";

export interface SecureLoopback {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** PEM, for `NODE_EXTRA_CA_CERTS` of whoever is to trust it. */
  readonly certificate: string;
  readonly requests: Received[];
  stop(): Promise<void>;
}

/** A real https server. */
export async function startSecureLoopback(
  respond: (request: Received) => Answer | Promise<Answer>,
): Promise<SecureLoopback> {
  const key = rsaKey();
  const certificate = selfSignedCertificate(key, "localhost").toString();
  const requests: Received[] = [];
  const server = createServer({ key: pemOf(key), cert: certificate }, async (message, response) => {
    const { method = "", url = "", headers } = message;
    const received = { method, url, headers, body: await buffer(message) };
    requests.push(received);
    const answer = await respond(received);
    response.writeHead(answer.status ?? 200, answer.headers);
    const raw = typeof answer.body === "string" || answer.body instanceof Uint8Array;
    response.end(raw ? answer.body : JSON.stringify(answer.body ?? null));
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    certificate,
    requests,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
