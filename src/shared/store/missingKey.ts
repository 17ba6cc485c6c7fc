import type { Keyring } from "../crypto/keyring.ts";
import type { Entity, Stored } from "../table/table.ts";
import type { Segment } from "./account.ts";

/**
 * The key that something was sealed with, by id and fingerprint, where the ring has not got it.
 * @returns undefined where it has, and where nothing could have sealed it.
 */
export function missingKeyOf(
  keyring: Keyring,
  { keyId, fingerprint = "" }: Partial<Pick<Segment, "keyId" | "fingerprint">> | Stored<Entity>,
): string | undefined {
  if (typeof keyId !== "string") return undefined;
  const name = `${keyId} ${fingerprint}`.trim();
  const known = keyring.fingerprints.get(keyId);
  const isHeld = known !== undefined && (fingerprint === "" || fingerprint === known);
  return isHeld || !/^[\w-]{1,16}( [\w-]{8})?$/.test(name) ? undefined : name;
}
