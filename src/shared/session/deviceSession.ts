import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SessionRef } from "../store/segments.ts";

const PURPOSE = "device/session";

/** What the browser calls the session: where it is, sealed. It opens nothing, because it lacks the share. */
export function identifierOf(keyring: Keyring, ref: SessionRef): string {
  const { partition, generation, sessionId } = ref;
  const content = JSON.stringify({ partition, generation, sessionId } satisfies SessionRef);
  return sealText(keyring, PURPOSE, Buffer.from(content));
}

/** @returns undefined for anything that {@link identifierOf} did not make. */
export function readIdentifier(keyring: Keyring, identifier: string): SessionRef | undefined {
  const content = unsealText(keyring, PURPOSE, identifier);
  return content && JSON.parse(content.toString());
}
