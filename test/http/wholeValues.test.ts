import { expect, it } from "@jest/globals";
import { permissions } from "../../src/permissions.ts";
import { permittedCall } from "../../src/shared/apis/permissions.ts";
import { httpsUrl } from "../../src/shared/config/env.ts";
import { readSettings } from "../../src/shared/config/settings.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import { sealCookie, unsealCookie } from "../../src/shared/session/cookies.ts";
import {
  claims,
  ISSUER,
  idTokens,
  NONCE,
  OID,
  providerKey,
  providerMetadata,
  signed,
} from "../support/identity.ts";
import { keyring } from "../support/keyring.ts";
import { startLoopback } from "../support/loopback.ts";
import { CLIENT_ID, env, KEYS, TENANT_ID } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

const key = await providerKey();
const provider = shared(() => startLoopback(() => ({ body: { keys: [key.jwk] } })));

const ring = keyring("k1");

/** @throws unless an ID token with these claims is accepted, where one authority signs in many tenants. */
async function validate(changes: Record<string, unknown>): Promise<void> {
  const issuer = ISSUER.replace(TENANT_ID, "{tenantid}");
  const validator = idTokens(async () => providerMetadata(provider.url, { issuer }));
  await validator.validate(await signed(claims(changes), key), NONCE);
}

const setting = (name: string) => (value: string) => void readSettings(env({ [name]: value }));
const query = (name: string) => (value: string) =>
  void signInOptions(new URLSearchParams({ [name]: value }));

/** Turns "there is none" into the refusal that the other readers throw. */
function found(value: unknown): void {
  if (value === undefined) throw new Error("There is none.");
}

const thisMachine = (host: string) => void httpsUrl("URL", `http://${host}/`);
const segment = (id: string) => {
  const path = `me/messages/${encodeURIComponent(id)}`;
  found(permittedCall("GET", path, new URLSearchParams(), permissions));
};

/** Throws where it refuses a value; a good one; and what makes it another value, wherever it stands. */
type Reader = [read: (value: string) => void | Promise<void>, good: string, strange: string];

it.each<[string, ...Reader]>([
  [
    "the tid of an ID token",
    (tid) => validate({ tid, iss: ISSUER.replace(TENANT_ID, tid) }),
    TENANT_ID,
    "x",
  ],
  ["the oid of an ID token", (oid) => validate({ oid }), OID, "."],
  ["ENTRA_CLIENT_ID", setting("ENTRA_CLIENT_ID"), CLIENT_ID, "x"],
  ["ENTRA_TENANT_ID", setting("ENTRA_TENANT_ID"), "contoso.com", "/"],
  ["a tenant of ENTRA_ALLOWED_TENANTS", setting("ENTRA_ALLOWED_TENANTS"), TENANT_ID, "x"],
  ["APP_NAME", setting("APP_NAME"), "Contoso", "\u202e"],
  ["SESSION_HOURS", setting("SESSION_HOURS"), "1.5", "h"],
  ["SESSION_IDLE_MINUTES", setting("SESSION_IDLE_MINUTES"), "1.5", "h"],
  ["REVALIDATE_MINUTES", setting("REVALIDATE_MINUTES"), "1.5", "h"],
  ["SESSION_BINDING", setting("SESSION_BINDING"), "optional", "x"],
  ["TOKEN_CACHE_KEYS", setting("TOKEN_CACHE_KEYS"), KEYS, "!"],
  ["a host on this machine", thisMachine, "localhost", "x"],
  ["an address on this machine", thisMachine, "127.0.0.1", ".a"],
  ["a scope", query("scope"), "User.Read", "ü"],
  ["a login hint", query("loginHint"), "adele", "\n"],
  ["a domain hint", query("domainHint"), "contoso.com", "\u0000"],
  ["a segment of a Graph path", segment, "AAMkAD", "\u0000"],
  [
    "a cookie of ours",
    (value) => found(unsealCookie(ring, "name", value)),
    sealCookie(ring, "name", {}),
    "!",
  ],
])("what is read as a whole is nothing more: %s", async (_, read, good, strange) => {
  await read(good);
  for (const value of [strange + good, good + strange, `${good}\n${strange}`]) {
    const outcome = Promise.resolve(value).then(read);
    await expect(outcome.then(() => value)).rejects.toThrow();
  }
});
