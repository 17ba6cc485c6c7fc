import type { Keyring } from "../store/sealing.ts";

const FORM = /^([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]+)$/;

/** Seals content as text that fits a cookie or a URL: `<key id>.<base64url>`. */
export function sealText(keyring: Keyring, purpose: string, content: Uint8Array): string {
  const { keyId, bytes } = keyring.seal(content, purpose);
  return `${keyId}.${Buffer.from(bytes).toString("base64url")}`;
}

/** @returns undefined for anything that {@link sealText} did not make for this purpose. */
export function openText(keyring: Keyring, purpose: string, text: string): Uint8Array | undefined {
  const [, keyId, content] = FORM.exec(text) ?? [];
  if (keyId === undefined || content === undefined) return undefined;
  return keyring.open({ keyId, bytes: Buffer.from(content, "base64url") }, purpose);
}
