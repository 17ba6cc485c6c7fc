import { createBrowser } from "../../local/tenant/browserless.ts";
import { forwardToGraph } from "../../src/shared/graph/graph.ts";
import { readQuery } from "../../src/shared/http/form.ts";
import { signedIn, webPage } from "../../src/shared/http/handlers.ts";
import { framed, privately, redirect } from "../../src/shared/http/responses.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import type { Cookie, HttpRequest, HttpResponse } from "../../src/shared/http/types.ts";
import { endSessionUrl } from "../../src/shared/identity/endSession.ts";
import { frontChannelSid } from "../../src/shared/identity/frontChannel.ts";
import type { Lightsout } from "../../src/shared/lightsout.ts";
import { noSessionCookie, readSessionCookie } from "../../src/shared/session/sessionCookie.ts";
import { finishSignIn, startSignIn } from "../../src/shared/signIn.ts";
import { signOutElsewhere, signOutHere } from "../../src/shared/signOut.ts";
import { requestOf } from "./request.ts";

/** The functions of the app, as src/functions has them, without the Functions host. */
export function handlersOf(app: Lightsout) {
  const { settings, store, metadata } = app;
  return {
    signIn: webPage(app, async (request) => {
      const { location, cookies } = await startSignIn(
        app,
        request,
        signInOptions(readQuery(request)),
      );
      return redirect(302, location, cookies);
    }),
    callback: webPage(app, async (request) => {
      const { location, cookies } = await finishSignIn(app, request);
      return redirect(303, location, cookies);
    }),
    graph: signedIn(app, async (request, session) =>
      privately(await forwardToGraph(app, request, session)),
    ),
    signOut: webPage(app, async (request) => {
      const ticket = readSessionCookie(store.keyring, request);
      if (ticket) await signOutHere(store, ticket);
      const { authority, baseUrl } = settings;
      const next = await endSessionUrl(metadata, authority, `${baseUrl}/`, ticket?.logoutHint);
      return redirect(303, next, [noSessionCookie()]);
    }),
    logoutCallback: async (request: HttpRequest) => {
      const sid = frontChannelSid(new URL(request.url).searchParams, settings, metadata.peek());
      if (sid !== undefined) await signOutElsewhere(store, sid);
      return framed(settings, 200, "Signed out.");
    },
  };
}

export type Handlers = ReturnType<typeof handlersOf>;

/** One browser of a user. `send` is how it reaches the app. */
export class Visitor {
  readonly #browser = createBrowser();
  readonly #cookies = new Map<string, string>();
  #form: Record<string, string> = {};

  request(path: string, method = "GET", body = ""): HttpRequest {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const type = { "content-type": "application/x-www-form-urlencoded" };
    return requestOf(
      path,
      { cookie, "sec-fetch-site": "same-origin", ...(body && type) },
      {
        method,
        body,
      },
    );
  }

  keep(response: HttpResponse, expected: number): void {
    if (response.status !== expected) throw new Error(`The answer was ${response.status}.`);
    for (const { name, value, maxAge } of response.cookies ?? ([] as Cookie[])) {
      if (maxAge > 0) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }
  }

  /** Goes to the provider's pages, and comes back with an authorization response. */
  async authorize({ headers }: HttpResponse, username: string): Promise<void> {
    this.#form = (await this.#browser.signIn(headers?.Location ?? "", username)).fields;
  }

  /** The post to the redirect URI. */
  callbackRequest(): HttpRequest {
    return this.request("/auth/callback", "POST", new URLSearchParams(this.#form).toString());
  }

  /** What the provider will name at sign-out. */
  get sid(): string {
    return this.#form.session_state ?? "";
  }
}
