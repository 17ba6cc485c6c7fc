import { describe, expect, it } from "@jest/globals";
import type { JWTPayload } from "jose";
import { createLogoutTokenValidator } from "../../src/shared/identity/logoutToken.ts";
import {
  claims,
  ISSUER,
  NOW,
  providerKey,
  providerKeys,
  providerMetadata,
  signed,
} from "../support/identity.ts";
import { startLoopback } from "../support/loopback.ts";
import { CLIENT_ID, TENANT_ID } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

const SECONDS = NOW / 1_000;
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

const key = await providerKey();
const provider = shared(() => startLoopback(() => ({ body: { keys: [key.jwk] } })));

/** A logout token that is in order. */
const GOOD = {
  iss: ISSUER,
  aud: CLIENT_ID,
  iat: SECONDS,
  exp: SECONDS + 120,
  jti: "1",
  events: { [EVENT]: {} },
  sid: "the-sid",
  sub: "the-sub",
};

async function validate(changes: Record<string, unknown> = {}, header = {}, signer = key) {
  return check(JSON.parse(JSON.stringify({ ...GOOD, ...changes })), header, signer);
}

async function check(payload: JWTPayload, header = {}, signer = key, ofMany?: OfMany) {
  const metadata = async () => ({ ...providerMetadata(provider.url), ...ofMany?.metadata });
  const validator = createLogoutTokenValidator(
    { clientId: CLIENT_ID, allowedTenants: ofMany?.allowedTenants, metadata },
    providerKeys(metadata),
  );
  return validator.validate(await signed(payload, signer, { typ: "logout+jwt", ...header }));
}

/** An authority that signs in many tenants. */
interface OfMany {
  readonly metadata: { readonly issuer: string };
  readonly allowedTenants?: ReadonlySet<string>;
}

const INVALID = { code: "ERR_BAD_REQUEST", message: "The logout_token is not valid." };

describe("a good logout token", () => {
  it("says who is to be signed out, and how it is told from others", async () => {
    await expect(validate()).resolves.toEqual({
      sid: "the-sid",
      sub: "the-sub",
      id: `jti ${ISSUER} 1`,
      issuedAt: NOW,
      expiresAt: NOW + 86_400_000,
    });
  });

  it.each([
    { sid: undefined },
    { sub: undefined },
    { aud: ["another-app", CLIENT_ID] },
    { events: { [EVENT]: {}, "another-event": 1 } },
    { iat: SECONDS + 120 },
    { iat: SECONDS - 719 },
    { exp: SECONDS - 119 },
  ])("may have %p", async (changes) => {
    await expect(validate(changes)).resolves.toMatchObject({ id: `jti ${ISSUER} 1` });
  });

  it.each([undefined, "JWT", "LOGOUT+JWT", "application/logout+jwt"])(
    "may be of type %s",
    async (typ) => {
      await expect(validate({}, { typ })).resolves.toMatchObject({ sid: "the-sid" });
    },
  );
});

describe("of an authority that signs in many tenants", () => {
  const ofMany = { metadata: { issuer: ISSUER.replace(TENANT_ID, "{tenantid}") } };
  const token = (iss: string) => ({ ...GOOD, iss });

  it("a logout token names one of them", async () => {
    await expect(check(token(ISSUER), {}, key, ofMany)).resolves.toMatchObject({ sid: "the-sid" });
    for (const iss of [ofMany.metadata.issuer, ISSUER.toUpperCase(), `${ISSUER}/`]) {
      await expect(check(token(iss), {}, key, ofMany)).rejects.toMatchObject(INVALID);
    }
  });

  it("a logout token names one that is let in", async () => {
    const letIn = (tenant: string) => ({ ...ofMany, allowedTenants: new Set([tenant]) });
    await expect(check(token(ISSUER), {}, key, letIn(TENANT_ID))).resolves.toBeDefined();
    const others = letIn("11111111-2222-4333-8444-555555555555");
    await expect(check(token(ISSUER), {}, key, others)).rejects.toMatchObject(INVALID);
  });
});

describe("a bad logout token", () => {
  it.each<Record<string, unknown>>([
    { iss: undefined },
    { iss: "https://evil.example" },
    { aud: undefined },
    { aud: "another-app" },
    { iat: undefined },
    { iat: SECONDS + 121 },
    { iat: SECONDS - 721 },
    { exp: undefined },
    { exp: SECONDS - 120 },
    { jti: undefined },
    { jti: "" },
    { jti: 1 },
    { events: undefined },
    { events: null },
    { events: EVENT },
    { events: [EVENT] },
    { events: { "another-event": {} } },
    { events: { [EVENT]: true } },
    { events: { [EVENT]: [] } },
    { events: { [EVENT]: null } },
    { nonce: "n" },
    { nonce: "" },
    { nonce: null },
    { sid: undefined, sub: undefined },
    { sid: "", sub: undefined },
    { sid: ["the-sid"] },
    { sid: "x".repeat(513) },
    { sid: "a\n" },
    { sid: "\u00e9" },
    { sid: "the-sid", sub: 5 },
    { sid: "the-sid", sub: "" },
  ])("%p", async (changes) => {
    await expect(validate(changes)).rejects.toMatchObject(INVALID);
  });

  it.each(["at+jwt", "logout", "secevent+jwt", "logout+jwt;x"])("is of type %s", async (typ) => {
    await expect(validate({}, { typ })).rejects.toMatchObject(INVALID);
  });

  it("is an ID token", async () => {
    await expect(check(claims({ jti: "1" }), { typ: "JWT" })).rejects.toMatchObject(INVALID);
  });

  it("is signed with another key, or names another", async () => {
    const other = await providerKey("other");
    for (const kid of ["key-1", "other"]) {
      await expect(validate({}, { kid }, other)).rejects.toMatchObject(INVALID);
    }
  });
});

it("a logout token that cannot be checked is the provider's fault: it is sent again", async () => {
  provider.respond = () => ({ status: 503 });
  await expect(validate()).rejects.toMatchObject({ code: "ERR_PROVIDER_UNAVAILABLE" });
});
