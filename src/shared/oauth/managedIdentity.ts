import type { Clock, Sleep } from "../base/clock.ts";
import { ManagedIdentityUnavailable } from "../base/errors.ts";
import type { Env } from "../config/env.ts";
import type { IdentityName } from "../config/storage.ts";
import type { Send } from "../net/send.ts";
import { type Fetched, heldTokens, TokenRefused, type TokenSource } from "./heldTokens.ts";

export type ManagedIdentity = (identity: IdentityName) => TokenSource;

/** What it is given. */
interface Environment {
  readonly send: Send;
  /** By a monotonic clock. */
  readonly elapsed: Clock;
  readonly sleep: Sleep;
}

/** Milliseconds that one request to the identity's endpoint may take. */
const TIMEOUT_MS = 5_000;
const API_VERSION = "2019-08-01";

/**
 * Asks the endpoint that an app in Azure Functions has for its identities
 * (https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference). MSAL would do the
 * same, but the first sign-out of a new instance would have to wait until MSAL is loaded.
 *
 * @param env Has `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
 */
export function managedIdentity(environment: Environment, env: Env): ManagedIdentity {
  return ({ clientId, setting }) => {
    async function fetchToken(resource: string): Promise<Fetched> {
      const { IDENTITY_ENDPOINT: endpoint = "", IDENTITY_HEADER: secret = "" } = env;
      const url = new URL(endpoint);
      url.searchParams.set("api-version", API_VERSION);
      url.searchParams.set("resource", resource);
      if (clientId !== undefined) url.searchParams.set("client_id", clientId);
      const request = { headers: { "x-identity-header": secret }, timeout: TIMEOUT_MS };
      const { status, body } = await environment.send(url, request);
      if (status !== 200) throw new TokenRefused(status);
      const { access_token: token, expires_on: end } = JSON.parse(body.toString());
      const life = Number(end) * 1_000 - Date.now();
      if (typeof token !== "string" || !(life > 0)) throw new TypeError("There is no token in it.");
      return { token, life };
    }

    function unavailable(resource: string, cause: unknown): ManagedIdentityUnavailable {
      const who =
        clientId === undefined
          ? "system-assigned managed identity"
          : `managed identity ${clientId}`;
      const fix =
        clientId === undefined
          ? `Check that the app has one, or name another by ${setting}.`
          : `Check that the identity in ${setting} is assigned to this app.`;
      return new ManagedIdentityUnavailable(
        `The ${who} gives no token for ${resource}: ${whatCameOf(cause, env)}. ${fix}`,
        { cause },
      );
    }

    return heldTokens({ ...environment, fetchToken, unavailable });
  };
}

function whatCameOf(cause: unknown, { IDENTITY_ENDPOINT: endpoint = "" }: Env): string {
  if (!URL.canParse(endpoint)) return "the app has no IDENTITY_ENDPOINT, as an app in Azure has";
  const { host } = new URL(endpoint);
  if (cause instanceof TokenRefused) return `${host} answers ${cause.status}`;
  const { code, name } = cause as NodeJS.ErrnoException;
  if (code !== undefined || name === "TimeoutError")
    return `${host} does not answer (${code ?? name})`;
  return `${host} gives an answer that is none`;
}
