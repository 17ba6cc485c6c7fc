import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as sendRequest,
} from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** What the functions answer. The rest of the origin is the app's own. */
const FUNCTIONS = /^\/(auth|graph|my|shop)\//;

const APP = fileURLToPath(new URL("app", import.meta.url));

export interface SpaServer {
  url: string;
  stop(): Promise<void>;
}

/**
 * Serves the app for development, and passes on what is for the functions: to the browser both are one
 * origin, as they have to be.
 *
 * @param options.functionsUrl where the functions listen; their `APP_BASE_URL` has to be this server's origin
 */
export async function startSpa(options: {
  port: number;
  functionsUrl: string;
}): Promise<SpaServer> {
  const { port, functionsUrl } = options;
  const headers = {
    "content-security-policy": [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      // The answer to the sign-out form leads to the provider, and that may lead on to anywhere.
      "form-action 'self' https: http:",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
    // With no referrer at all, the sign-out form would post as the origin "null".
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
  };

  const server = createServer((incoming, outgoing) => {
    const { pathname } = new URL(incoming.url ?? "/", functionsUrl);
    if (FUNCTIONS.test(pathname)) return passOn(incoming, outgoing, functionsUrl);
    const { status, type, body } = asset(pathname);
    outgoing.writeHead(status, { ...headers, "content-type": `${type}; charset=utf-8` }).end(body);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://localhost:${port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** Read and bundled anew for every request: a reload shows what was changed. */
function asset(path: string): { status: number; type: string; body: string | Uint8Array } {
  if (path === "/") return { status: 200, type: "text/html", body: read("index.html") };
  if (path === "/style.css") return { status: 200, type: "text/css", body: read("style.css") };
  if (path !== "/main.js") return { status: 404, type: "text/plain", body: "Not found." };
  try {
    return { status: 200, type: "text/javascript", body: bundle("main.ts") };
  } catch {
    return { status: 500, type: "text/plain", body: "It does not build: the terminal says why." };
  }
}

function read(file: string): Uint8Array {
  return readFileSync(join(APP, file));
}

function bundle(entry: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(APP, entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    sourcemap: "inline",
  });
  return outputFiles.map(({ text }) => text).join("");
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, functionsUrl: string): void {
  const { method, url, headers } = incoming;
  const onward = sendRequest(new URL(url ?? "/", functionsUrl), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
  });
  onward.on("error", () => {
    if (!outgoing.headersSent) outgoing.writeHead(502);
    outgoing.end();
  });
  incoming.pipe(onward);
}
