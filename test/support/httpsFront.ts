import { createHash, X509Certificate } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import { selfSignedCertificate } from "../../local/tenant/certificate.ts";
import { pemOf, rsaKey } from "./certificate.ts";
import { close, listen } from "./listen.ts";
import { passOn } from "./passOn.ts";

export interface HttpsFront {
  /** The origin. */
  readonly url: string;
  /** base64(SHA-256(SPKI)), for Chromium's `--ignore-certificate-errors-spki-list`. */
  readonly publicKeyHash: string;
  /** Where requests go: an origin of this machine. Set before the first one. */
  target: string;
  /** Answers in place of what is behind, where it returns a status. A promise holds the request up. */
  fault: ((request: IncomingMessage) => number | undefined | Promise<undefined>) | undefined;
  stop(): Promise<void>;
}

const KEY = rsaKey();

/**
 * The app's public origin, as it is in Azure: TLS ends here.
 * @param hostname what browsers call it
 */
export async function startHttpsFront(port: number, hostname = "localhost"): Promise<HttpsFront> {
  const certificate = selfSignedCertificate(KEY, "localhost").toString();
  const { publicKey } = new X509Certificate(certificate);
  const hash = createHash("sha256").update(publicKey.export({ type: "spki", format: "der" }));

  const server = createServer(
    { key: pemOf(KEY), cert: certificate },
    async (incoming, outgoing) => {
      const status = await front.fault?.(incoming);
      if (status !== undefined) return void outgoing.writeHead(status).end();
      passOn(front.target, incoming, outgoing);
    },
  );
  await listen(server, port);
  const front: HttpsFront = {
    url: `https://${hostname}:${port}`,
    publicKeyHash: hash.digest("base64"),
    target: "",
    fault: undefined,
    stop: () => close(server),
  };
  return front;
}
