import * as client from "openid-client";
import type { PendingSignIn, Session } from "./sessions.ts";

/** Reads the provider's metadata. */
export function discover(options: {
  metadataUrl: string;
  clientId: string;
  clientSecret: string;
}): Promise<client.Configuration> {
  const { metadataUrl, clientId, clientSecret } = options;
  return client.discovery(new URL(metadataUrl), clientId, clientSecret, undefined, {
    // The development tenant is on this machine and speaks plain http.
    execute: [client.allowInsecureRequests],
  });
}

/** The app's side of OpenID Connect: code flow with PKCE, sign-out started by the app. */
export class Identity {
  readonly #config: client.Configuration;
  readonly redirectUri: string;
  readonly postLogoutRedirectUri: string;

  constructor(config: client.Configuration, baseUrl: string) {
    this.#config = config;
    this.redirectUri = `${baseUrl}/callback`;
    this.postLogoutRedirectUri = `${baseUrl}/signed-out`;
  }

  async startSignIn(): Promise<{ url: string; pending: PendingSignIn }> {
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      codeVerifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(this.#config, {
      redirect_uri: this.redirectUri,
      scope: "openid profile",
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.codeVerifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, pending };
  }

  /** @throws when the answer is an error, or not one to `pending` */
  async finishSignIn(answer: URL, pending: PendingSignIn): Promise<Session> {
    const tokens = await client.authorizationCodeGrant(this.#config, answer, {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.codeVerifier,
    });
    const claims = tokens.claims() ?? {};
    const text = (name: string) => claims[name as keyof typeof claims] as string | undefined;
    return {
      name: text("name") ?? "Somebody",
      username: text("preferred_username") ?? "",
      sid: text("sid"),
      loginHint: text("login_hint"),
    };
  }

  signOutUrl({ loginHint }: Session): string {
    return client.buildEndSessionUrl(this.#config, {
      post_logout_redirect_uri: this.postLogoutRedirectUri,
      ...(loginHint !== undefined && { logout_hint: loginHint }),
    }).href;
  }
}
