import { createHash } from "node:crypto";
import type { Configuration } from "@azure/msal-node";
import { importPKCS8, SignJWT } from "jose";
import type { Clock } from "../base/clock.ts";
import { type RandomBytes, randomId } from "../base/random.ts";
import type { CredentialSettings } from "../config/credential.ts";
import type { ManagedIdentity } from "../oauth/managedIdentity.ts";

/** The part of MSAL's configuration that proves who the client is. */
export type ClientCredential = Pick<Configuration["auth"], "clientSecret" | "clientAssertion">;

const ASSERTION_SECONDS = 600;
const ASSERTION_MARGIN_SECONDS = 120;
/** Milliseconds that a request waits for the managed identity. */
const IDENTITY_PATIENCE_MS = 10_000;

/**
 * MSAL asks for an assertion at every call. One signed with the certificate is reused until shortly before it expires: a
 * signature costs more than the rest of a request. A managed identity's is kept by oauth/heldTokens.ts.
 */
export function createClientCredential(
  settings: CredentialSettings,
  clientId: string,
  managedIdentity: ManagedIdentity,
  { now, randomBytes }: { readonly now: Clock; readonly randomBytes: RandomBytes },
): ClientCredential {
  switch (settings.kind) {
    case "secret":
      return { clientSecret: settings.secret };
    case "managedIdentity": {
      const { clientId, setting, audience } = settings;
      const source = managedIdentity({ clientId, setting });
      return { clientAssertion: () => source(audience, IDENTITY_PATIENCE_MS) };
    }
    case "certificate": {
      let current: CertificateAssertion | undefined;
      return {
        async clientAssertion({ tokenEndpoint }) {
          const seconds = Math.floor(now() / 1_000);
          const audience = tokenEndpoint ?? "";
          if (!current || current.audience !== audience || !isInTime(current, seconds)) {
            const assertion = sign(
              settings,
              clientId,
              audience,
              seconds,
              randomId({ randomBytes }),
            );
            current = { assertion, audience, signedAt: seconds };
          }
          return await current.assertion;
        },
      };
    }
  }
}

interface CertificateAssertion {
  readonly assertion: Promise<string>;
  readonly audience: string;
  /** Seconds since 1970. */
  readonly signedAt: number;
}

/** An assertion signed while the clock was ahead is not valid yet once the clock is right. */
function isInTime({ signedAt }: CertificateAssertion, now: number): boolean {
  return now >= signedAt && now < signedAt + ASSERTION_SECONDS - ASSERTION_MARGIN_SECONDS;
}

/** A client assertion as Entra ID takes it (RFC 7523 §2.2, OpenID Connect Core §9): PS256 with `x5t#S256`. */
async function sign(
  { certificate, privateKey }: Extract<CredentialSettings, { kind: "certificate" }>,
  clientId: string,
  audience: string,
  seconds: number,
  id: string,
): Promise<string> {
  const thumbprint = createHash("sha256").update(certificate.raw).digest("base64url");
  return await new SignJWT()
    .setProtectedHeader({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(id)
    .setIssuedAt(seconds)
    .setNotBefore(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .sign(await importPKCS8(privateKey, "PS256"));
}
