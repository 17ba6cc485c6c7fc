import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { authSession } from "../../src/functions/authSession.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { askFunction, instanceOf, signIn, type TestApp, userOf } from "../support/app.ts";
import { request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

/** After it, a session is confirmed before it is answered. */
const PERIOD = 15 * 60_000;

let now = Date.now();
const tenant = sharedTenant({ now: () => now });
let one: TestApp;
let cookie: string;
beforeEach(async () => {
  one = instanceOf(tenant, () => now);
  cookie = await signIn(one);
});
afterEach(() => giveRoles());

function giveRoles(...roles: string[]): void {
  userOf(tenant).roles = roles;
}
const cookies = () => ({ [SESSION_COOKIE]: cookie });
async function ask(app = one) {
  const { status, body } = await askFunction(app, cookies());
  return { ...JSON.parse(String(body)), status };
}
async function session() {
  const sent = request("/auth/session", { cookies: cookies() });
  return JSON.parse(String((await authSession(one.app).handler(sent, {})).body));
}

describe("roles and claims", () => {
  it("are those that the app asks for, and no others", async () => {
    const asking = instanceOf(tenant, () => now, { claims: ["email", "ctry", "toString"] });
    tenant.switches.idTokenOverrides = (claims) => ({
      claims: { ...claims, email: "a@b.example", ctry: 5 },
    });
    cookie = await signIn(asking);
    expect((await ask(asking)).account.claims).toEqual({ email: "a@b.example", ctry: 5 });
  });

  it("are left out where they are too large for a row, and the log says so once", async () => {
    const asking = instanceOf(tenant, () => now, { claims: ["groups"] });
    const groups = Array.from({ length: 300 }, () => crypto.randomUUID());
    tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, groups } });
    cookie = await signIn(asking);
    await signIn(asking);
    expect((await ask(asking)).account.claims).toEqual({});
    const warnings = asking.logged.filter(([, event]) => event === "signin.claims_missing");
    expect(warnings).toEqual([
      ["warn", "signin.claims_missing", expect.objectContaining({ reason: "too_large" })],
    ]);
  });

  it.each([{ hasgroups: true }, { _claim_names: { groups: "src1" } }])(
    "%j is noticed once",
    async (overage) => {
      tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, ...overage } });
      await signIn(one);
      await signIn(one);
      expect(one.events().filter((event) => event === "signin.claims_missing")).toHaveLength(1);
    },
  );

  it("are those of the sign-in, and renewed with each confirmation", async () => {
    giveRoles("Auditor", "Reader");
    cookie = await signIn(one);
    expect(await ask()).toMatchObject({ account: { roles: ["Auditor", "Reader"] } });
    expect(await session()).toMatchObject({
      account: { roles: ["Auditor", "Reader"], claims: {} },
    });
    giveRoles("Reader");
    now += PERIOD + 1;
    expect(await ask()).toMatchObject({ account: { roles: ["Reader"] } });
  });

  it("stay where the provider sends no ID token along", async () => {
    giveRoles("Reader");
    cookie = await signIn(one);
    tenant.switches.tokenAnswerOverrides = ({ id_token: _, ...answer }) => answer;
    now += PERIOD + 1;
    expect(await ask()).toMatchObject({
      status: 200,
      account: { roles: ["Reader"], name: "Adele Vance" },
    });
  });

  it("are not renewed by somebody else's ID token", async () => {
    tenant.switches.idTokenOverrides = (claims) => ({
      claims: { ...claims, oid: crypto.randomUUID(), roles: ["Admin"] },
    });
    now += PERIOD + 1;
    expect(await ask()).toMatchObject({ status: 200, account: { roles: [] } });
    expect(one.events()).toEqual(expect.arrayContaining(["token.rejected", "session.unconfirmed"]));
  });
});

describe("the end that the provider names for its session", () => {
  const withExpiry = (session_expiry: unknown) => {
    tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, session_expiry } });
  };

  it("is the session's, where it comes first", async () => {
    withExpiry(Math.floor(now / 1_000) + 3_600);
    cookie = await signIn(one);
    const { expiresAt } = await session();
    expect(Date.parse(expiresAt)).toBeLessThanOrEqual(now + 3_600_000);
    now += 3_600_000;
    expect(await ask()).toMatchObject({ status: 401 });
  });

  it.each([Number.MAX_SAFE_INTEGER, "soon", null])("%p changes nothing", async (expiry) => {
    withExpiry(expiry);
    cookie = await signIn(one);
    expect(Date.parse((await session()).expiresAt)).toBe(now + 12 * 3_600_000);
  });

  it.each([0, -1])("%d seconds from now lets nobody in", async (seconds) => {
    withExpiry(Math.floor(now / 1_000) + seconds);
    await expect(signIn(one)).rejects.toMatchObject({ reason: "session_expiry" });
  });
});
