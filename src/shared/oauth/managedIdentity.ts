import { ManagedIdentityApplication } from "@azure/msal-node";
import type { Clock, Sleep } from "../base/clock.ts";
import { ManagedIdentityUnavailable } from "../base/errors.ts";
import type { IdentityName } from "../config/storage.ts";
import type { Send } from "../net/send.ts";
import { type Fetched, heldTokens, type TokenSource } from "./heldTokens.ts";
import { createNetworkClient, TokenRequestRefused } from "./network.ts";

export type ManagedIdentity = (identity: IdentityName) => TokenSource;

/** What it is given. */
interface Environment {
  readonly send: Send;
  /** By a monotonic clock. */
  readonly elapsed: Clock;
  readonly sleep: Sleep;
}

/** The identity's endpoint, once it is known. MSAL has one for the whole process. */
let host = "its endpoint";

/** Milliseconds that one request to the identity's endpoint may take. */
const TIMEOUT_MS = 5_000;

/**
 * MSAL knows the endpoints (App Service, virtual machines, Arc …). When and how often they are asked is
 * {@link heldTokens}' business: MSAL waits without limit, and asks once for each caller.
 */
export function managedIdentity(environment: Environment): ManagedIdentity {
  return ({ clientId, setting }) => {
    const watched: Send = (url, request) => {
      host = new URL(url).host;
      return environment.send(url, request);
    };
    const application = new ManagedIdentityApplication({
      ...(clientId !== undefined && {
        managedIdentityIdParams: { userAssignedClientId: clientId },
      }),
      system: {
        networkClient: createNetworkClient(watched, environment.sleep, TIMEOUT_MS),
        disableInternalRetries: true,
      },
    });

    async function fetchToken(resource: string): Promise<Fetched> {
      const { accessToken, expiresOn } = await application.acquireToken({
        resource,
        forceRefresh: true,
      });
      if (!accessToken) throw new TypeError("There is no token in the answer.");
      return { token: accessToken, life: (expiresOn?.getTime() ?? 0) - Date.now() };
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
        `The ${who} gives no token for ${resource}: ${host} ${whatCameOf(cause)}. ${fix}`,
        { cause },
      );
    }

    return heldTokens({ ...environment, fetchToken, unavailable });
  };
}

function whatCameOf(cause: unknown): string {
  if (cause instanceof TokenRequestRefused) return `answers ${cause.status}`;
  for (let e = cause as NodeJS.ErrnoException | undefined; e; e = e.cause as typeof e) {
    if (e.code !== undefined || e.name === "TimeoutError") {
      return `does not answer (${e.code ?? e.name})`;
    }
  }
  return "gives an answer that is none";
}
