import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { AppRegistration } from "../tenant/directory.ts";
import { discover, Identity } from "./identity.ts";
import { page } from "./page.ts";
import { CookieStore, type PendingSignIn, type Session } from "./sessions.ts";

export interface OtherApp {
  /** For browsers, on another site than an app on `http://localhost`. */
  url: string;
  /** Its registration at the tenant. */
  registration: AppRegistration;
  /** Who is signed in. */
  readonly sessions: Session[];
  stop(): Promise<void>;
}

interface Reply {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string;
}

/** Fabrikam Travel: another app of the same organization, to sign out in. */
export async function startOtherApp(options: {
  port?: number;
  /** The origin for browsers, if a proxy is in front of it. Default: its own, on `fabrikam.localhost`. */
  url?: string | undefined;
  metadataUrl: string;
  clientId: string;
  clientSecret: string;
  /** Where people enter Lightsout. */
  lightsout: { readonly url: string };
}): Promise<OtherApp> {
  const { port = 0, lightsout, clientId, clientSecret } = options;
  const provider = await discover(options);
  const sessions = new CookieStore<Session>("fabrikam_session");
  const signIns = new CookieStore<PendingSignIn>("fabrikam_sign_in");

  const routes: Record<string, (request: IncomingMessage, url: URL) => Reply | Promise<Reply>> = {
    "GET /": ({ headers }) => home(sessions.get(headers.cookie)),
    "GET /signed-out": ({ headers }) => home(sessions.get(headers.cookie), true),

    "GET /sign-in": async () => {
      const { url, pending } = await identity.startSignIn();
      return redirect(url, signIns.add(pending));
    },

    "GET /callback": async ({ headers }, url) => {
      const pending = signIns.take(headers.cookie);
      if (pending === undefined) return redirect("/");
      try {
        return redirect("/", sessions.add(await identity.finishSignIn(url, pending)));
      } catch (error) {
        return text(400, `Sign-in failed: ${(error as Error).message}`);
      }
    },

    "POST /sign-out": ({ headers }) => {
      if (headers["sec-fetch-site"] !== "same-origin" && headers.origin !== url) {
        return text(403, "This has to come from a page of this app.");
      }
      const session = sessions.take(headers.cookie);
      return redirect(session ? identity.signOutUrl(session) : "/");
    },

    // OpenID Connect Front-Channel Logout 1.0. No cookie comes along, so the session is found by `sid`.
    "GET /front-channel-logout": (_, { searchParams }) => {
      const sid = searchParams.get("sid");
      if (sid !== null) sessions.deleteWhere((session) => session.sid === sid);
      return text(200, "");
    },
  };

  function home(session: Session | undefined, signedOut = false): Reply {
    return {
      status: 200,
      headers: {
        "content-type": "text/html; charset=utf-8",
        // The button's post is answered with redirects to the provider and on, which form-action covers too.
        "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self' https: http:; base-uri 'none'; frame-ancestors 'none'`,
      },
      body: page({ session, lightsoutUrl: lightsout.url, signedOut }),
    };
  }

  const server = createServer((request, response) => {
    const address = new URL(request.url ?? "/", url);
    const route = routes[`${request.method} ${address.pathname}`];
    Promise.resolve(route ? route(request, address) : text(404, "Not found.")).then(
      (reply) => send(response, reply),
      (error: Error) => send(response, text(500, error.message)),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: ownPort } = server.address() as AddressInfo;
  const url = options.url ?? `http://fabrikam.localhost:${ownPort}`;
  const identity = new Identity(provider, url);

  return {
    url,
    registration: {
      clientId,
      displayName: "Fabrikam Travel",
      redirectUris: [identity.redirectUri, identity.postLogoutRedirectUri],
      frontChannelLogoutUrl: `${url}/front-channel-logout`,
      clientSecrets: [clientSecret],
      optionalClaims: ["sid", "login_hint"],
    },
    get sessions() {
      return sessions.all();
    },
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function redirect(location: string, cookie?: string): Reply {
  return { status: 303, headers: { location, ...(cookie && { "set-cookie": cookie }) } };
}

function text(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response
    .writeHead(status, {
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    })
    .end(body);
}
