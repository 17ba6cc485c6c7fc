import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from "node:crypto";
import { afterEach, describe, expect, it } from "@jest/globals";
import { decodeJwt, type JWK, type JWTHeaderParameters } from "jose";
import type { ForgedIdToken, Switches } from "../../local/tenant/tenant.ts";
import { answeredBrowser, itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { sessionOf } from "../support/user.ts";

const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
const ANOTHER_TENANT = "11111111-2222-4333-8444-555555555555";

const rig = watchedRig();
/** The attacker's own. */
const ownKey: JWK = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
  format: "jwk",
});
afterEach(() => {
  rig.tenant.switches.idTokenOverrides = undefined;
});

type Forge = NonNullable<Switches["idTokenOverrides"]>;
const seconds = () => Math.floor(Date.now() / 1_000);
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token signed by the tenant, with these claims on top of the usual ones. `undefined` takes one away. */
function withClaims(changes: Record<string, unknown>): Forge {
  return (claims) => ({ claims: JSON.parse(JSON.stringify({ ...claims, ...changes })) });
}

function withHeader(changes: object, key?: JWK): Forge {
  return (claims, header): ForgedIdToken => ({
    claims,
    header: JSON.parse(JSON.stringify({ ...header, ...changes })) as JWTHeaderParameters,
    ...(key && { key }),
  });
}

/** Signed with a secret that everybody knows. */
function withHmac(secret: () => string | Buffer, alg = "HS256"): Forge {
  return (claims, header) => {
    const content = `${base64url({ ...header, alg })}.${base64url(claims)}`;
    const signature = createHmac(alg.replace("HS", "sha"), secret()).update(content);
    return `${content}.${signature.digest("base64url")}`;
  };
}

const publicKey = () => createPublicKey({ key: rig.tenant.signingKey, format: "jwk" });
const unsigned =
  (alg: string): Forge =>
  (claims, header) =>
    `${base64url({ ...header, alg })}.${base64url(claims)}.`;
/** Signed by the tenant, whatever a library would say to that. */
const signedAnyway =
  (changes: object): Forge =>
  (claims, header) => {
    const content = `${base64url({ ...header, ...changes })}.${base64url(claims)}`;
    const key = createPrivateKey({ key: rig.tenant.signingKey, format: "jwk" });
    return `${content}.${sign("sha256", Buffer.from(content), key).toString("base64url")}`;
  };
/** The tenant's own token, but for a part of it. */
const cut =
  (change: (parts: string[]) => string[]): Forge =>
  (claims, header) => {
    const parts = [base64url(header), base64url(claims), "c2lnbmF0dXJl"];
    return change(parts).join(".");
  };

const isIdToken = (token: string) =>
  token.startsWith("eyJ") && decodeJwt(token).nonce !== undefined;

async function signInWith(forge: Forge) {
  rig.tenant.switches.idTokenOverrides = forge;
  const { browser, form } = await answeredBrowser(rig);
  const before = tokenRequests(rig);
  const answer = await browser.submit(form, { follow: false });
  return { browser, answer, requests: tokenRequests(rig) - before };
}

/* One of each kind: what an ID token has to be, test/identity tells rule by rule. */
describe("an ID token", () => {
  it.each<[string, Forge]>([
    ["with the algorithm none", unsigned("none")],
    [
      "with HS256 and the public key (SPKI)",
      withHmac(() => publicKey().export({ type: "spki", format: "pem" })),
    ],
    ["with HS512 and the client id", withHmac(() => rig.env.ENTRA_CLIENT_ID ?? "", "HS512")],
    ["of another key, under the tenant's kid", withHeader({}, ownKey)],
    [
      "of another key, which its header brings along",
      withHeader({ jwk: { kty: "RSA", n: ownKey.n, e: ownKey.e } }, ownKey),
    ],
    [
      "of another key, at an address of its own",
      withHeader({ jku: "http://127.0.0.1:1/keys", kid: "x" }, ownKey),
    ],
    [
      "with a certificate address",
      withHeader({ x5u: "http://127.0.0.1:1/cert", kid: "x" }, ownKey),
    ],
    ["of a kid nobody has", withHeader({ kid: "unknown" })],
    ["of a kid that is a path", withHeader({ kid: "../../../../dev/null" }, ownKey)],
    ["of a kid that is a prototype key", withHeader({ kid: "__proto__" }, ownKey)],
    ["of the right key, in another algorithm", withHeader({ alg: "PS256" })],
    ["with a critical extension", signedAnyway({ crit: ["exp"] })],
    ["of no parts", cut(() => ["evil"])],
    ["of two parts", cut(([header = "", claims = ""]) => [header, claims])],
    ["of five parts (encrypted)", cut((parts) => [...parts, "a", "b"])],
    ["whose signature is made up", cut((parts) => parts)],
    ["of another issuer", withClaims({ iss: "https://evil.example/v2.0" })],
    [
      "of another tenant's issuer",
      withClaims({
        iss: `https://login.microsoftonline.com/${ANOTHER_TENANT}/v2.0`,
        tid: ANOTHER_TENANT,
      }),
    ],
    ["for another app", withClaims({ aud: "fab71ca0-7a3e-4c55-8f10-2b6d9e4a7c02" })],
    ["that expired", withClaims({ exp: seconds() - 600 })],
    ["whose oid is a colleague's", withClaims({ oid: "4782e723-f4f4-4af3-a76e-25e3bab0d896" })],
    ["with the nonce of another sign-in", withClaims({ nonce: "A".repeat(43) })],
    [
      "that is a logout token",
      ({ nonce: _, ...claims }, header) => ({
        claims: { ...claims, jti: "1", events: { [LOGOUT_EVENT]: {} } },
        header: { ...header, typ: "logout+jwt" },
      }),
    ],
    [
      "that is the access token",
      () => rig.tenant.issued.findLast((token) => token.startsWith("eyJ")) ?? "",
    ],
  ])("%s makes no session", async (_, forge) => {
    // So that there is an access token to be mistaken for it.
    if (rig.tenant.issued.length === 0) await signInWith(withClaims({ nonce: "" }));
    const { browser, answer, requests } = await signInWith(forge);
    expect(answer.status).toBe(400);
    expect(answer.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^__Host-lightsout-signin-[\w-]+=; max-age=0;/),
    ]);
    expect(requests).toBe(1);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    expect(await readAccountRows(rig.azurite)).toEqual([]);
  });

  it("of a sign-in of one's own does not fit into another's", async () => {
    const { browser: thief, form } = await answeredBrowser(rig);
    await thief.submit(form);
    const stolen = rig.tenant.issued.findLast(isIdToken) ?? "";
    const { answer, browser } = await signInWith(() => stolen);
    expect(answer.status).toBe(400);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });
});

describe("as a control", () => {
  it("the same forgery with nothing changed signs in", async () => {
    const { answer } = await signInWith(withClaims({}));
    expect(answer.status).toBe(303);
    expect((await signInWith(withHeader({}))).answer.status).toBe(303);
  });

  it("a refusal is logged by its reason, and by nothing of the token", async () => {
    await signInWith(withClaims({ iss: "https://evil.example/v2.0" }));
    const messages = rig.logs.map(({ message }) => message);
    expect(messages).toContain('{"event":"signin.refused","reason":"id_token_issuer"}');
    expect(messages.join()).not.toContain("evil");
  });

  it("keys that are fetched are the metadata's, and not more often than it takes", async () => {
    const keys = rig.tenant.requests.filter(({ endpoint }) => endpoint === "keys").length;
    for (let i = 0; i < 5; i++) await signInWith(withHeader({ kid: `unknown-${i}` }));
    const after = rig.tenant.requests.filter(({ endpoint }) => endpoint === "keys").length;
    expect(after - keys).toBeLessThanOrEqual(1);
    expect((await signInWith(signedAnyway({}))).answer.status).toBe(303);
  });
});

itLeaksNothing(() => rig);
