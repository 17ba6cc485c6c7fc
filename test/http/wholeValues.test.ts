import { beforeAll, describe, expect, it } from "@jest/globals";
import { permissions } from "../../src/permissions.ts";
import { permittedCall } from "../../src/shared/apis/permissions.ts";
import { httpsUrl } from "../../src/shared/config/env.ts";
import { readSettings } from "../../src/shared/config/settings.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import { createIdTokenValidator } from "../../src/shared/identity/idToken.ts";
import { sealCookie, unsealCookie } from "../../src/shared/session/cookies.ts";
import {
  claims,
  ISSUER,
  NONCE,
  OID,
  type ProviderKey,
  providerKey,
  providerKeys,
  providerMetadata,
  signed,
} from "../support/identity.ts";
import { keyring } from "../support/keyring.ts";
import { startLoopback } from "../support/loopback.ts";
import { CLIENT_ID, env, KEYS, TENANT_ID } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

const provider = shared(startLoopback);
let key: ProviderKey;
beforeAll(async () => {
  key = await providerKey();
  provider.respond = () => ({ body: { keys: [key.jwk] } });
});

const ring = keyring("k1");

/** @throws unless an ID token with these claims is accepted, where one authority signs in many tenants. */
async function validate(changes: Record<string, unknown>): Promise<void> {
  const issuer = ISSUER.replace(TENANT_ID, "{tenantid}");
  const metadata = async () => providerMetadata(provider.url, { issuer });
  const keys = providerKeys(metadata);
  const expected = { clientId: CLIENT_ID, allowedTenants: undefined, metadata };
  const token = await signed(claims(changes), key);
  await createIdTokenValidator(expected, keys).validate(token, NONCE);
}

const setting = (name: string) => (value: string) => void readSettings(env({ [name]: value }));
const query = (name: string) => (value: string) =>
  void signInOptions(new URLSearchParams({ [name]: value }));

/** Turns "there is none" into the refusal that the other readers throw. */
function found(value: unknown): void {
  if (value === undefined) throw new Error("There is none.");
}

interface Reader {
  /** @throws Refused. */
  readonly read: (value: string) => void | Promise<void>;
  readonly good: string;
  /** What makes it another value, wherever it stands. */
  readonly strange: string;
}

describe("what is read as a whole is nothing more", () => {
  it.each<[string, Reader]>([
    [
      "the tid of an ID token",
      {
        read: (tid) => validate({ tid, iss: ISSUER.replace(TENANT_ID, tid) }),
        good: TENANT_ID,
        strange: "x",
      },
    ],
    ["the oid of an ID token", { read: (oid) => validate({ oid }), good: OID, strange: "." }],
    ["ENTRA_CLIENT_ID", { read: setting("ENTRA_CLIENT_ID"), good: CLIENT_ID, strange: "x" }],
    ["ENTRA_TENANT_ID", { read: setting("ENTRA_TENANT_ID"), good: "contoso.com", strange: "/" }],
    [
      "a tenant of ENTRA_ALLOWED_TENANTS",
      { read: setting("ENTRA_ALLOWED_TENANTS"), good: TENANT_ID, strange: "x" },
    ],
    ["APP_NAME", { read: setting("APP_NAME"), good: "Contoso", strange: "\u202e" }],
    ["SESSION_HOURS", { read: setting("SESSION_HOURS"), good: "1.5", strange: "h" }],
    ["SESSION_IDLE_MINUTES", { read: setting("SESSION_IDLE_MINUTES"), good: "1.5", strange: "h" }],
    ["REVALIDATE_MINUTES", { read: setting("REVALIDATE_MINUTES"), good: "1.5", strange: "h" }],
    ["SESSION_BINDING", { read: setting("SESSION_BINDING"), good: "optional", strange: "x" }],
    ["TOKEN_CACHE_KEYS", { read: setting("TOKEN_CACHE_KEYS"), good: KEYS, strange: "!" }],
    [
      "a host on this machine",
      { read: (host) => void httpsUrl("URL", `http://${host}/`), good: "localhost", strange: "x" },
    ],
    [
      "an address on this machine",
      { read: (host) => void httpsUrl("URL", `http://${host}/`), good: "127.0.0.1", strange: ".a" },
    ],
    ["a scope", { read: query("scope"), good: "User.Read", strange: "ü" }],
    ["a login hint", { read: query("loginHint"), good: "adele", strange: "\n" }],
    ["a domain hint", { read: query("domainHint"), good: "contoso.com", strange: "\u0000" }],
    [
      "a segment of a Graph path",
      {
        read: (id) =>
          found(
            permittedCall(
              "GET",
              `me/messages/${encodeURIComponent(id)}`,
              new URLSearchParams(),
              permissions,
            ),
          ),
        good: "AAMkAD",
        strange: "\u0000",
      },
    ],
    [
      "a cookie of ours",
      {
        read: (value) => found(unsealCookie(ring, "name", value)),
        good: sealCookie(ring, "name", {}),
        strange: "!",
      },
    ],
  ])("%s", async (_, { read, good, strange }) => {
    await read(good);
    for (const value of [strange + good, good + strange, `${good}\n${strange}`]) {
      const outcome = Promise.resolve(value).then(read);
      await expect(outcome.then(() => value)).rejects.toThrow();
    }
  });
});
