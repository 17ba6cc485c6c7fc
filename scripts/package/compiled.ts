import { randomBytes, randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { startHost } from "../../local/host/host.ts";
import { TENANT_ID } from "../../src/testing/context.ts";
import type { Contents } from "./contents.ts";
import { firstRequests, startMetadata } from "./firstRequests.ts";

/** The app sets flags of V8. A new instance loads what was compiled before that, and V8 takes it only under the same flags. */
const KEEP_FLAGS = `require("node:v8").setFlagsFromString = () => {};
`;

/**
 * The end of start.cjs, whose variables it uses: keeps what V8 has compiled, when the app ends. The last four bytes are the
 * checksum of it and of the bundle.
 */
const KEEP = `
process.once("exit", () => {
  const data = script.createCachedData();
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(source, crc32(data)));
  require("node:fs").writeFileSync(compiledFile, Buffer.concat([data, sum]));
});
`;

/**
 * Adds to a package what this Node compiles of its bundle to load it, and to answer the first requests.
 * @param folder Where the package is.
 */
export async function addCompiled(folder: string): Promise<void> {
  const copy = mkdtempSync(join(tmpdir(), "lightsout-"));
  const azurite = await startAzurite();
  const metadata = await startMetadata();
  try {
    cpSync(folder, copy, { recursive: true });
    const start = join(copy, "dist/start.cjs");
    writeFileSync(start, KEEP_FLAGS + readFileSync(start, "utf8") + KEEP);
    const env = settings(azurite.connectionString, metadata.url);
    const requests = await firstRequests(env);
    const host = await startHost({ root: copy, env });
    try {
      for (const { path, headers } of requests) {
        const { status } = await fetch(host.url + path, { headers });
        if (status !== 200) throw new Error(`The bundle answers ${path} with ${status}.`);
      }
    } finally {
      await host.stop();
    }
    for (const [path, bytes] of Object.entries(compiledIn(copy))) {
      writeFileSync(join(folder, path), bytes);
    }
  } finally {
    metadata.server.close();
    await azurite.stop();
    rmSync(copy, { recursive: true });
  }
}

/** The files that it has added. @param folder Where the package is. */
export function compiledIn(folder: string): Contents {
  const names = readdirSync(join(folder, "dist")).filter((name) => name.startsWith("main.cjs.v"));
  const paths = names.map((name) => `dist/${name}`);
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path))]));
}

/** Enough for the requests. Nobody is asked outside of this machine. */
function settings(connectionString: string, metadataUrl: string): Record<string, string> {
  return {
    APP_BASE_URL: "https://localhost",
    ENTRA_CLIENT_ID: randomUUID(),
    ENTRA_TENANT_ID: TENANT_ID,
    ENTRA_CLIENT_SECRET: randomUUID(),
    ENTRA_METADATA_URL: metadataUrl,
    TOKEN_CACHE_STORAGE: connectionString,
    TOKEN_CACHE_KEYS: `a:${randomBytes(32).toString("base64")}`,
  };
}
