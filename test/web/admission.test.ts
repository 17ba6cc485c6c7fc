import { beforeEach, describe, expect, it } from "@jest/globals";
import { authHome } from "../../src/functions/authHome.ts";
import { authSession } from "../../src/functions/authSession.ts";
import { authSessions } from "../../src/functions/authSessions.ts";
import { authSignIn } from "../../src/functions/authSignIn.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import type { Env } from "../../src/shared/config/env.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import {
  ADELE,
  askFunction,
  envOf,
  instanceOf,
  signIn,
  type TestApp,
  tokenRowsOf,
} from "../support/app.ts";
import { post, request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const OTHER = "f4b6c1a0-5d3e-4e0b-9a55-0c2f7d9b8e31";
const MINUTE = 60_000;

let now = Date.now();
const tenant = sharedTenant({ now: () => now });
const other = sharedTenant({ now: () => now, tenantId: OTHER });

const many = (list?: () => string): Env => ({
  ...envOf(tenant, "organizations"),
  ...(list && { ENTRA_ALLOWED_TENANTS: list() }),
});
const byDomain = (of = tenant): Env => envOf(of, "contoso.com");

/** Settings at the sign-in, and later ones that do not let its tenant in. */
const LEFT_OUT: [string, () => Env, () => Env][] = [
  [
    "was taken off ENTRA_ALLOWED_TENANTS",
    () => many(() => `${OTHER},${tenant.tenantId}`),
    () => many(() => OTHER),
  ],
  ["is not on the first ENTRA_ALLOWED_TENANTS", () => many(), () => many(() => OTHER)],
  ["is not ENTRA_TENANT_ID any more", () => envOf(tenant), () => envOf(other)],
  ["is not the one of many that is left", () => many(), () => envOf(other)],
  ["is not that of the domain any more", () => byDomain(), () => byDomain(other)],
];

/** Settings that still let the tenant in. */
const LET_IN: [string, () => Env, () => Env][] = [
  [
    "is still on ENTRA_ALLOWED_TENANTS",
    () => many(),
    () => many(() => `${OTHER} ${tenant.tenantId.toUpperCase()}`),
  ],
  ["is one of any", () => many(() => tenant.tenantId), () => many()],
  ["is named by its domain, then by its GUID", () => byDomain(), () => envOf(tenant)],
  ["is named by its GUID, then by its domain", () => envOf(tenant), () => byDomain()],
];

let one: TestApp;
let two: TestApp;
let cookies: Record<string, string>;
async function restart(before: Env, after: Env): Promise<void> {
  one = instanceOf(tenant, () => now, { env: before });
  cookies = { [SESSION_COOKIE]: await signIn(one) };
  two = instanceOf(tenant, () => now, { env: after, table: one.table });
  // It knows the GUID of a domain once it has the metadata.
  await two.app.metadata.get();
  one.table.operations.length = 0;
  tenant.requests.length = 0;
  other.requests.length = 0;
}

const says = async (answer: ReturnType<typeof askFunction>) => {
  const { status = 200, headers = {}, body } = await answer;
  return { status, location: headers.Location ?? "", body: String(body) };
};
const page = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };

describe.each(LET_IN)("a session whose tenant %s", (_, before, after) => {
  it("goes on", async () => {
    await restart(before(), after());
    expect(await says(askFunction(two, cookies))).toMatchObject({ status: 200 });
    expect(two.events()).not.toContain("session.refused");
  });
});

describe.each(
  LEFT_OUT.flatMap(([what, ...settings]) =>
    ["0", "15"].map((minutes) => [what, minutes, ...settings] as const),
  ),
)("a session whose tenant %s (REVALIDATE_MINUTES=%s)", (_, minutes, before, after) => {
  beforeEach(() => restart(before(), { ...after(), REVALIDATE_MINUTES: minutes }));

  it("is answered as signed out, at once and for good, by one read", async () => {
    for (const later of [0, 16, 40, 70]) {
      now += later * MINUTE;
      one.table.operations.length = 0;
      const { status, body } = await says(askFunction(two, cookies));
      expect([status, JSON.parse(body).type]).toEqual([401, "urn:lightsout:problem:signed-out"]);
      expect(one.operations()).toEqual(["get"]);
    }
    const asked = [...tenant.requests, ...other.requests].map(({ endpoint }) => endpoint);
    expect(asked).not.toContain("token");
    expect(two.logged).toContainEqual([
      "warn",
      "session.refused",
      { reason: "tenant_not_allowed", count: 1 },
    ]);
  });

  it("is shown nothing on any page", async () => {
    const navigation = await says(askFunction(two, cookies, page));
    expect(navigation).toMatchObject({
      status: 302,
      location: expect.stringContaining("/auth/signin?"),
    });
    const sent = request("/", { cookies });
    const session = await says(authSession(two.app).handler(sent, {}));
    expect(JSON.parse(session.body)).toMatchObject({ signedIn: false });
    for (const route of [authHome, authSessions, authSignIn]) {
      const { body, location } = await says(route(two.app).handler(sent, {}));
      expect(body + decodeURIComponent(location)).not.toContain(ADELE);
    }
  });

  it("keeps its tokens, for the day when the tenant is let in again", async () => {
    await says(askFunction(two, cookies));
    expect(tokenRowsOf(two)).toHaveLength(1);
    expect(await says(askFunction(one, cookies))).toMatchObject({ status: 200 });
  });

  it("is signed out like any other", async () => {
    await authSignOut(two.app).handler(post({}, { cookies }), {});
    expect(tokenRowsOf(two)).toEqual([]);
  });
});
