import type { Keyring } from "./keyring.ts";

const FORM = /^([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]+)$/;

/** Seals content as text that fits a cookie or a URL: `<key id>.<base64url>`. @param row As {@link Keyring} has it. */
export function sealText(
  keyring: Keyring,
  purpose: string,
  content: Uint8Array,
  row?: string,
): string {
  const { keyId, bytes } = keyring.seal(content, purpose, row);
  return `${keyId}.${Buffer.from(bytes).toString("base64url")}`;
}

/** @returns undefined for anything that {@link sealText} did not make for this purpose and row. */
export function unsealText(
  keyring: Keyring,
  purpose: string,
  text: string,
  row?: string,
): Buffer | undefined {
  const [, keyId, content] = FORM.exec(text) ?? [];
  if (keyId === undefined || content === undefined) return undefined;
  return keyring.unseal({ keyId, bytes: Buffer.from(content, "base64url") }, purpose, row);
}
