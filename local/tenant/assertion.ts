import { X509Certificate } from "node:crypto";
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { type Authority, issuerOf } from "./authority.ts";
import { thumbprint } from "./certificate.ts";
import type { AppRegistration } from "./directory.ts";
import { EntraError, type ErrorNumber } from "./errors.ts";
import type { State } from "./state.ts";

/**
 * Client assertion (RFC 7523): signed by the app itself, or by an issuer it trusts.
 *
 * @throws EntraError invalid_client
 */
export async function verifyAssertion(
  state: State,
  authority: Authority,
  app: AppRegistration,
  assertion: string,
): Promise<void> {
  const { header, claims } = decode(assertion);
  if (claims.iss === app.clientId || !app.federatedCredentials?.length) {
    await verifySelfIssued(state, authority, app, assertion, header);
  } else {
    await verifyFederated(state, app, assertion, claims);
  }
}

/** An assertion signed with the key of a registered certificate, named by its thumbprint. */
async function verifySelfIssued(
  state: State,
  authority: Authority,
  app: AppRegistration,
  assertion: string,
  { x5t, "x5t#S256": x5tS256 }: Record<string, unknown>,
): Promise<void> {
  const certificate = (app.certificates ?? [])
    .map((pem) => new X509Certificate(pem))
    .find(
      (candidate) =>
        thumbprint(candidate, "sha256") === x5tS256 || thumbprint(candidate, "sha1") === x5t,
    );
  if (!certificate) {
    throw new EntraError(
      700027,
      `Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '${x5tS256 ?? x5t}'].`,
    );
  }
  const path = `/${authority.name}/oauth2/v2.0/token`;
  const options: JWTVerifyOptions = {
    algorithms: ["PS256", "RS256"],
    issuer: app.clientId,
    subject: app.clientId,
    audience: [
      state.internalUrl + path,
      new URL(state.authority).origin + path,
      issuerOf(state, authority.tenantId),
    ],
  };
  const mismatch: Record<string, ErrorNumber> = { iss: 700021, sub: 700021, aud: 700023 };
  await verify(state, assertion, certificate.publicKey, options, mismatch);
}

/** Workload identity federation: an assertion of another issuer that the app trusts. */
async function verifyFederated(
  state: State,
  app: AppRegistration,
  assertion: string,
  { iss, sub }: JWTPayload,
): Promise<void> {
  const ofIssuer = app.federatedCredentials?.filter(({ issuer }) => issuer === iss) ?? [];
  const credential = ofIssuer.find(({ subject }) => subject === sub);
  if (!credential) {
    const what = ofIssuer.length > 0 ? `subject '${sub}'` : `issuer '${iss}'`;
    throw new EntraError(
      ofIssuer.length > 0 ? 700213 : 700211,
      `No matching federated identity record found for presented assertion ${what}. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.`,
    );
  }
  const { jwk, audience } = credential;
  await verify(state, assertion, jwk, { audience }, { aud: 700212 });
}

async function verify(
  state: State,
  assertion: string,
  key: Parameters<typeof jwtVerify>[1],
  options: JWTVerifyOptions,
  mismatch: Record<string, ErrorNumber>,
): Promise<void> {
  try {
    await jwtVerify(assertion, key, {
      ...options,
      requiredClaims: ["exp"],
      clockTolerance: 300,
      currentDate: new Date(state.now()),
    });
  } catch (error) {
    throw new EntraError(numberOf(error, mismatch), `Client assertion is refused: ${error}.`);
  }
}

function decode(assertion: string): { header: Record<string, unknown>; claims: JWTPayload } {
  try {
    return { header: { ...decodeProtectedHeader(assertion) }, claims: decodeJwt(assertion) };
  } catch {
    throw new EntraError(700027, "The client assertion is not a signed JWT.");
  }
}

function numberOf(error: unknown, mismatch: Record<string, ErrorNumber>): ErrorNumber {
  const claim =
    error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed
      ? error.claim
      : "";
  return claim === "exp" || claim === "nbf" ? 700024 : (mismatch[claim] ?? 700027);
}
