import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { finishSignIn } from "../../src/shared/flows/finishSignIn.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import { signInUrl } from "../../src/shared/web/signInUrl.ts";
import {
  answeredSignIn,
  instanceOf,
  openSession,
  refOf,
  type TestApp,
  tokenRequests,
  tokenRowsOf,
} from "../support/app.ts";
import { post } from "../support/request.ts";
import { BASE_URL } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const tenant = sharedTenant({ now: () => now });
let now = Date.now();

const newApp = () => instanceOf(tenant, () => now);

/** Follows a link to `/auth/signin` all the way round. */
async function signInBy(one: TestApp, url: string, browser = createBrowser()) {
  const options = signInOptions(new URL(url).searchParams);
  const { location, finish } = await answeredSignIn(one, { ...options, browser });
  return { ...(await finish()), authorizeUrl: location };
}

const sessionOf = (one: TestApp, [cookie]: readonly { value: string }[]) =>
  openSession(one, refOf(one, cookie?.value ?? ""));

const tokenScopes = () =>
  tokenRequests(tenant).map(({ params }) =>
    params.scope?.split(" ").filter((scope) => /\.|\//.test(scope)),
  );

describe("a link that we hand out", () => {
  const name = fc.constantFrom("Mail.Read", "Reports.Read", "a", "access_as_user", "X.Y.Z");
  const resource = fc.constantFrom(
    "",
    "https://graph.microsoft.com/",
    "api://reports/",
    "api://0f0f0f0f-1111-4222-8333-444455556666/",
    "https://orders.example/api/",
  );
  const scope = fc.tuple(resource, name).map((parts) => parts.join(""));
  const path = fc
    .string({ unit: fc.constantFrom(..."az09/?=.-_~%&+#\u00fc'\""), maxLength: 1_999 })
    .map((text) => new URL(`/x${text}`, BASE_URL))
    .map(({ pathname, search, hash }) => pathname + search + hash)
    .filter((text) => text.length <= 2_000);

  it("is accepted, and leads back to the very address, whichever resources it is for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(scope, { maxLength: 12 }),
        path,
        fc.boolean(),
        async (scopes, returnTo, isLate) => {
          const one = newApp();
          const url = signInUrl(BASE_URL, { scopes, claims: undefined }, returnTo);
          fc.pre(new URL(url).searchParams.has("returnTo"));
          const { location, refused, authorizeUrl } = await signInBy(one, url);
          expect([refused, location]).toEqual([undefined, BASE_URL + returnTo]);
          expect(authorizeUrl.length).toBeLessThan(8_192);
          // Again, and with what it has lost: to where that is told, in a request line that hosts take.
          if (!isLate) return;
          const { state } = Object.fromEntries(new URL(authorizeUrl).searchParams);
          const late = await finishSignIn(one.app, post({ state: state ?? "", code: "x" }));
          expect(`GET ${late.location.slice(BASE_URL.length)} HTTP/1.1\r\n`.length).toBeLessThan(
            8_192,
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it("asks for the scopes of all resources, redeems those of one, and gets the others when needed", async () => {
    const one = newApp();
    const scopes = ["api://reports/Reports.Read", "api://orders/read", "Mail.Read"];
    const before = tokenScopes().length;
    const { cookies, authorizeUrl } = await signInBy(
      one,
      signInUrl(BASE_URL, { scopes, claims: undefined }),
    );
    const asked = new URL(authorizeUrl).searchParams.get("scope")?.split(" ") ?? [];
    expect(asked).toEqual(expect.arrayContaining([...scopes, "User.Read"]));
    const session = await sessionOf(one, cookies);
    await session.getToken(["api://reports/Reports.Read"]);
    expect(tokenScopes().slice(before)).toEqual([["api://reports/Reports.Read"]]);
    const tokens = await Promise.all(
      [["api://orders/read"], ["User.Read"], ["Mail.Read"]].map((wanted) =>
        session.getToken(wanted),
      ),
    );
    expect(new Set(tokens).size).toBeGreaterThan(1);
    for (const asked of tokenScopes().slice(before)) {
      const resources = asked?.map((scope) => scope.slice(0, scope.lastIndexOf("/") + 1));
      expect(new Set(resources).size).toBe(1);
    }
  });

  it("may ask for all permissions of a resource, which goes with no others", async () => {
    const one = newApp();
    const scopes = ["api://reports/.default"];
    const { refused, cookies } = await signInBy(
      one,
      signInUrl(BASE_URL, { scopes, claims: undefined }),
    );
    expect(refused).toBeUndefined();
    await (await sessionOf(one, cookies)).getToken(["User.Read"]);
  });
});

describe("maxAge", () => {
  const url = (query: string) => `${BASE_URL}/auth/signin?returnTo=/a&${query}`;
  const MINUTE = 60_000;

  it("makes the provider ask again, and takes what is as recent as that", async () => {
    const browser = createBrowser();
    await signInBy(newApp(), url(""), browser);
    now += 10 * MINUTE;
    for (const maxAge of [0, 300, 3_600]) {
      const { refused, location } = await signInBy(newApp(), url(`maxAge=${maxAge}`), browser);
      expect([refused, location]).toEqual([undefined, `${BASE_URL}/a`]);
    }
  });

  it.each<[string, number | undefined, boolean]>([
    ["too long ago", -10 * MINUTE - 121_000, false],
    ["long ago, as far as clocks may differ", -10 * MINUTE - 119_000, true],
    ["just now", 0, true],
    ["unknown", undefined, false],
  ])("that the provider did not heed: authenticated %s", async (_, age, isFine) => {
    tenant.switches.idTokenOverrides = ({ auth_time: _, ...claims }) => ({
      claims: age === undefined ? claims : { ...claims, auth_time: Math.ceil((now + age) / 1_000) },
    });
    const one = newApp();
    const { refused, location, cookies } = await signInBy(one, url("maxAge=600&scope=Mail.Read"));
    if (isFine) {
      expect([refused, location]).toEqual([undefined, `${BASE_URL}/a`]);
      return;
    }
    expect(refused).toMatchObject({ reason: "auth_time" });
    expect(Object.fromEntries(new URL(location).searchParams)).toEqual({
      returnTo: "/a",
      scope: "Mail.Read",
    });
    expect(cookies.map(({ maxAge }) => maxAge)).toEqual([0]);
    expect(tokenRowsOf(one)).toEqual([]);
  });

  it("counts from the start: somebody who takes long at the provider is not sent round again", async () => {
    const { finish } = await answeredSignIn(newApp(), { maxAge: 0 });
    now += 9 * MINUTE;
    expect((await finish()).refused).toBeUndefined();
  });
});
