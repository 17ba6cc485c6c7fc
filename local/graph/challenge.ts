import { decodeJwt } from "jose";
import { GraphError } from "./reply.ts";

/** Entra dates tokens back by this many seconds. */
const BACKDATE = 300;

interface Challenge {
  /** Seconds since the epoch; tokens issued earlier no longer do. */
  notBefore: number;
  /** The first token after the challenge. It is old, which its times are too coarse to show. */
  refused?: string;
}

/** Continuous access evaluation: users whose older tokens Graph no longer accepts. */
export class Challenges {
  readonly #challenges = new Map<string, Challenge>();

  /** From now on, the user's tokens issued until now are answered with a claims challenge. */
  challenge(oid: string): void {
    this.#challenges.set(oid, { notBefore: Math.floor(Date.now() / 1000) - BACKDATE });
  }

  /** @throws GraphError 401 with the claims challenge when the token is too old */
  check(oid: string, token: string): void {
    const challenge = this.#challenges.get(oid);
    if (challenge === undefined) return;
    challenge.refused ??= token;
    const { iat = 0 } = decodeJwt(token);
    if (token !== challenge.refused && iat >= challenge.notBefore) return;
    throw insufficientClaims(challenge.notBefore);
  }
}

/** https://learn.microsoft.com/entra/identity-platform/claims-challenge */
function insufficientClaims(notBefore: number): GraphError {
  const claims = { access_token: { nbf: { essential: true, value: String(notBefore) } } };
  const parameters = [
    `realm=""`,
    `authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"`,
    `client_id="00000003-0000-0000-c000-000000000000"`,
    `error="insufficient_claims"`,
    `claims="${Buffer.from(JSON.stringify(claims)).toString("base64")}"`,
  ];
  return new GraphError(
    401,
    "InvalidAuthenticationToken",
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies",
    { "www-authenticate": `Bearer ${parameters.join(", ")}` },
  );
}
