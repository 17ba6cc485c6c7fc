import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { selfSignedCertificate } from "../../local/tenant/certificate.ts";

export const rsaKey = (): KeyObject =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

export const ecKey = (): KeyObject =>
  generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;

export const certificateOf = (key: KeyObject): string =>
  selfSignedCertificate(key, "test").toString();

export function pemOf(key: KeyObject, type: "pkcs8" | "pkcs1" = "pkcs8"): string {
  return createPrivateKey(key.export({ type: "pkcs8", format: "pem" }))
    .export({ type, format: "pem" })
    .toString();
}
