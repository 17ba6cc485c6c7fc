import { createPrivateKey, X509Certificate } from "node:crypto";
import { SettingInvalid } from "../base/errors.ts";
import { isGuid } from "../base/guid.ts";
import type { Cloud } from "./cloud.ts";
import { type Env, optional } from "./env.ts";

/** How the app proves to the token endpoint that it is the registered client. */
export type CredentialSettings =
  | { readonly kind: "secret"; readonly secret: string }
  | {
      readonly kind: "certificate";
      readonly certificate: X509Certificate;
      readonly privateKey: string;
    }
  /** Workload identity federation: a token of the managed identity is the client assertion. No secret. */
  | {
      readonly kind: "managedIdentity";
      readonly clientId: string;
      /** The setting that names it. */
      readonly setting: string;
      /** The resource of the token that is the assertion. */
      readonly audience: string;
    };

const SECRET = "ENTRA_CLIENT_SECRET";
const CERTIFICATE = "ENTRA_CLIENT_CERTIFICATE";
const MANAGED_IDENTITY = "ENTRA_MANAGED_IDENTITY_CLIENT_ID";

/** @throws {SettingInvalid} None is set, or more than one, or the certificate cannot be used. */
export function readCredential(
  env: Env,
  { tokenExchangeAudience: audience }: Pick<Cloud, "tokenExchangeAudience">,
): CredentialSettings {
  const secret = optional(env, SECRET);
  const pem = optional(env, CERTIFICATE);
  const clientId = optional(env, MANAGED_IDENTITY);
  const given = [secret, pem, clientId].filter((value) => value !== undefined).length;
  if (given !== 1) {
    throw new SettingInvalid(
      `${given === 0 ? "No client credential is set" : "More than one client credential is set"}. Set exactly one of ${SECRET}, ${CERTIFICATE} and ${MANAGED_IDENTITY}.`,
    );
  }
  if (secret !== undefined) return { kind: "secret", secret };
  if (clientId !== undefined) {
    return { kind: "managedIdentity", clientId, setting: MANAGED_IDENTITY, audience };
  }
  return certificateOf(pem as string);
}

/** What looks wrong about a credential, and may be right: one line, with the fix. */
export function doubtAbout(credential: CredentialSettings): string | undefined {
  if (credential.kind !== "secret" || !isGuid(credential.secret)) return undefined;
  return `${SECRET} is a GUID, as the secret's id is. Use what the portal shows under Value: it is shown once, when the secret is made.`;
}

/** App settings are single lines in many tools, so `\n` may be spelled out. */
function certificateOf(value: string): CredentialSettings {
  const pem = value.replaceAll("\\n", "\n");
  try {
    const certificate = new X509Certificate(pem);
    const privateKey = createPrivateKey(pem);
    if (!certificate.checkPrivateKey(privateKey))
      throw new Error("The key is not the certificate's.");
    const type = privateKey.asymmetricKeyType;
    if (type !== "rsa") throw new Error("Entra ID takes RSA keys only.");
    return {
      kind: "certificate",
      certificate,
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    };
  } catch (cause) {
    throw new SettingInvalid(
      `${CERTIFICATE} is not usable. It has to be PEM text with one certificate and its unencrypted RSA private key.`,
      { cause },
    );
  }
}
