import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createEnvironment, openTable } from "../../src/compose.ts";
import { readSettings } from "../../src/shared/config/settings.ts";
import { createContext } from "../../src/shared/context.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { METADATA } from "../../src/testing/context.ts";
import { signIn } from "../../src/testing/signIn.ts";

export interface FirstRequest {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/**
 * What a new instance is asked first: by a browser that is signed in, by one that is not, and by Microsoft Entra ID. None of
 * it needs MSAL, which is compiled when it is needed, or depends on the app's own permissions.
 *
 * @param env The app's settings. A user is signed in to its table.
 */
export async function firstRequests(env: Record<string, string>): Promise<FirstRequest[]> {
  const settings = readSettings(env);
  const environment = createEnvironment(env);
  const table = openTable(settings.storage, environment);
  const context = createContext(settings, { ...environment, table });
  const sid = randomUUID();
  const value = await signIn(context, [], { claims: { sid } });
  const headers = { cookie: `${SESSION_COOKIE}=${value}` };
  return [
    { path: "/health", headers: {} },
    { path: "/auth/session", headers: {} },
    { path: "/auth/session", headers },
    { path: `/auth/logout-callback?sid=${sid}`, headers: {} },
    { path: `/auth/logout-callback?sid=${randomUUID()}`, headers: {} },
  ];
}

/** Gives the metadata of Microsoft Entra ID. @returns the server, and where it is. */
export async function startMetadata(): Promise<{ server: Server; url: string }> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json").end(JSON.stringify(METADATA));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
