import { createHmac } from "node:crypto";
import { createServer } from "node:https";
import { join } from "node:path";
import type { Azurite } from "../../local/azurite/azurite.ts";
import { selfSignedCertificate } from "../../local/tenant/certificate.ts";
import { pemOf, rsaKey } from "./certificate.ts";
import { newFolder } from "./folder.ts";
import type { IdentityEndpoint } from "./identityEndpoint.ts";
import { close, listen } from "./listen.ts";
import { passOn } from "./passOn.ts";

interface BearerTable {
  /** App settings for the table, and for trusting it. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the rows are. Set before the first request. */
  azurite: Pick<Azurite, "connectionString" | "port"> | undefined;
  /** `GET`, `POST $batch` and so on, that came with a good token. */
  readonly admitted: Set<string>;
  /** How many came without. */
  refused: number;
  stop(): Promise<void>;
}

const RESOURCE = "https://storage.azure.com";

/** Table Storage as it is deployed: https, and a bearer token with each request. */
export async function startBearerTable(
  clientId: string,
  identity: Pick<IdentityEndpoint, "isGood">,
): Promise<BearerTable> {
  const key = rsaKey();
  const certificate = selfSignedCertificate(key, "localhost").toString();
  const folder = await newFolder({ "ca.pem": certificate });

  const server = createServer({ key: pemOf(key), cert: certificate }, (incoming, outgoing) => {
    const { method = "", url = "/", headers } = incoming;
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1] ?? "";
    if (!identity.isGood(token, RESOURCE)) {
      table.refused += 1;
      const code = "InvalidAuthenticationInfo";
      const message = { lang: "en-US", value: "The access token is not good." };
      outgoing.writeHead(401, { "content-type": "application/json" });
      return void outgoing.end(JSON.stringify({ "odata.error": { code, message } }));
    }
    table.admitted.add(url.includes("$batch") ? `${method} $batch` : method);
    const signed = { ...headers, ...sharedKeyLite(table.azurite?.connectionString ?? "", url) };
    passOn(`http://127.0.0.1:${table.azurite?.port}`, incoming, outgoing, signed);
  });
  const port = await listen(server);

  const table: BearerTable = {
    env: {
      TOKEN_CACHE_STORAGE: "",
      TOKEN_CACHE_STORAGE__tableServiceUri: `https://localhost:${port}/devstoreaccount1`,
      TOKEN_CACHE_STORAGE__clientId: clientId,
      NODE_EXTRA_CA_CERTS: join(folder.path, "ca.pem"),
    },
    azurite: undefined,
    admitted: new Set(),
    refused: 0,
    async stop() {
      await close(server);
      await folder.stop();
    },
  };
  return table;
}

/** Authorize with Shared Key, Shared Key Lite format for the Table service. */
function sharedKeyLite(connectionString: string, url: string) {
  const [, account = ""] = /AccountName=([^;]+)/.exec(connectionString) ?? [];
  const [, key = ""] = /AccountKey=([^;]+)/.exec(connectionString) ?? [];
  const date = new Date().toUTCString();
  const text = `${date}\n/${account}${url.replace(/\?.*/, "")}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return { "x-ms-date": date, authorization: `SharedKeyLite ${account}:${signature}` };
}
