import { createServer } from "node:https";
import { selfSignedCertificate } from "../../local/tenant/certificate.ts";
import { pemOf, rsaKey } from "../support/certificate.ts";
import { type Loopback, type Respond, startLoopback } from "../support/loopback.ts";

export interface SecureLoopback extends Pick<Loopback, "requests" | "stop"> {
  /** `https://localhost:PORT` */
  readonly url: string;
  /** PEM, for `NODE_EXTRA_CA_CERTS` of whoever is to trust it. */
  readonly certificate: string;
}

/** A real https server. */
export async function startSecureLoopback(respond: Respond): Promise<SecureLoopback> {
  const key = rsaKey();
  const certificate = selfSignedCertificate(key, "localhost").toString();
  const server = createServer({ key: pemOf(key), cert: certificate });
  const { url, requests, stop } = await startLoopback(respond, server);
  return { url: url.replace("http://127.0.0.1", "https://localhost"), certificate, requests, stop };
}
