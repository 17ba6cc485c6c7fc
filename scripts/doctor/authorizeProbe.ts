import { randomBytes } from "node:crypto";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import type { Patient } from "./patient.ts";
import { ask } from "./web.ts";

/**
 * Asks for a sign-in without a page (`prompt=none`). The answer goes to the redirect URI if that is registered.
 * @returns undefined when nobody can tell.
 */
export async function isRedirectUri(
  { metadata, client }: Patient,
  redirectUri: string,
): Promise<boolean | undefined> {
  const found = await metadata().catch(() => undefined);
  if (client === undefined || found === undefined) return undefined;
  const { id: state, nonce, codeChallenge } = transactionOf(randomBytes(32).toString("base64url"));
  const url = new URL(found.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.clientId,
    response_type: "code",
    response_mode: "query",
    redirect_uri: redirectUri,
    scope: "openid",
    prompt: "none",
    code_challenge: codeChallenge,
    code_challenge_method: "S256",
    state,
    nonce,
  }).toString();
  const answer = await ask(url.href).catch(() => undefined);
  if (answer?.location?.startsWith(`${redirectUri}?`)) return true;
  return answer?.text.includes("AADSTS50011") ? false : undefined;
}
