import { type HttpRequest, type HttpResponseInit, InvocationContext } from "@azure/functions";
import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { type Auth, lightsout } from "../src/lightsout.ts";
import { type TestUsers, testUsers } from "../src/testing.ts";
import { recorder } from "./support/functionsApp.ts";

/*
 * What a team tests its own handlers with. There is no setting, network or storage here.
 */

const before = { ...process.env };
let auth: Auth;
let users: TestUsers;
beforeEach(() => {
  // That settings are missing.
  jest.spyOn(console, "error").mockImplementation(() => {});
  for (const name of Object.keys(process.env)) {
    if (/^(APP|ENTRA|TOKEN|WEBSITE)_/.test(name)) delete process.env[name];
  }
  auth = lightsout(recorder().app, { claims: ["email"] });
  users = testUsers(auth);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
});

type Handler = ReturnType<Auth["signedIn"]>;
async function call(handler: Handler, request: HttpRequest) {
  const answer = (await handler(request, new InvocationContext())) as HttpResponseInit;
  const { status = 200, body, jsonBody } = answer;
  const problem = typeof body === "string" && body.startsWith("{") ? JSON.parse(body) : {};
  return { status, jsonBody, type: problem.type, signInUrl: problem.signInUrl };
}
const whoAmI = () => auth.signedIn(async (_, __, { account }) => ({ jsonBody: account }));

describe("users of a test", () => {
  it("are nobody before they sign in, and somebody afterwards", async () => {
    expect(await call(whoAmI(), users.request("/me"))).toMatchObject({
      status: 401,
      type: "urn:lightsout:problem:signed-out",
    });
    const adele = await users.signIn({ name: "Adele", claims: { email: "a@b.example", ssn: "1" } });
    const alex = await users.signIn({ name: "Alex Wilber", roles: ["Auditor"] });
    const answers = [adele, alex].map(({ request }) => call(whoAmI(), request("/me")));
    const [one, two] = (await Promise.all(answers)).map(({ jsonBody }) => jsonBody);
    expect(one).toMatchObject({ name: "Adele", roles: [], claims: { email: "a@b.example" } });
    expect(one.claims).not.toHaveProperty("ssn");
    expect(two).toMatchObject({ username: "alex.wilber@contoso.com", roles: ["Auditor"] });
    expect(one.homeAccountId).not.toBe(two.homeAccountId);
  });

  it("send what a page of the app sends, unless the test says otherwise", async () => {
    const { request } = await users.signIn();
    const save = auth.signedIn(async (asked) => ({ jsonBody: [asked.method, await asked.text()] }));
    const post = { method: "POST", body: { string: "x" } };
    expect((await call(save, request("/save", post))).jsonBody).toEqual(["POST", "x"]);
    const foreign = { ...post, headers: { "sec-fetch-site": "cross-site" } };
    expect((await call(save, request("/save", foreign))).status).toBe(403);
    const page = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
    expect((await call(save, users.request("/save", { headers: page }))).status).toBe(302);
  });

  const spelled = (names: (name: string) => string) => (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [names(name), value]));
  it.each<[string, (headers: Record<string, string>) => Headers | Record<string, string>]>([
    ["in lower case", spelled((name) => name)],
    [
      "as they are mostly written",
      spelled((name) => name.replaceAll(/\b[a-z]/g, (c) => c.toUpperCase())),
    ],
    ["in upper case", spelled((name) => name.toUpperCase())],
    ["as Headers", (headers) => new Headers(headers)],
  ])("say the same by header names %s", async (_, write) => {
    const { request } = await users.signIn();
    const sent = auth.signedIn(async ({ headers }) => ({ jsonBody: Object.fromEntries(headers) }));
    const foreign = { method: "POST", headers: write({ "sec-fetch-site": "cross-site" }) };
    expect((await call(sent, request("/", foreign))).status).toBe(403);
    const page = write({ "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" });
    expect((await call(sent, users.request("/", { headers: page }))).status).toBe(302);
    const more = write({ cookie: "theme=dark", accept: "text/csv", "x-own": "1" });
    const { status, jsonBody } = await call(sent, request("/", { headers: more }));
    expect([status, jsonBody]).toEqual([
      200,
      {
        accept: "text/csv",
        cookie: expect.stringMatching(/^__Host-lightsout=[^;]+; theme=dark$/),
        "sec-fetch-site": "same-origin",
        "sec-fetch-mode": "cors",
        "sec-fetch-dest": "empty",
        "x-own": "1",
      },
    ]);
    const { headers } = users.request("/", { headers: more });
    expect(headers.get("cookie")).toBe("theme=dark");
  });

  it("have the tokens that the test gives them, and no others", async () => {
    const { request } = await users.signIn({ tokens: { "Mail.Read Mail.Send": "token-1" } });
    const token = (...scopes: string[]) =>
      auth.signedIn(async (_, __, session) => ({ jsonBody: await session.getToken(scopes) }));
    expect((await call(token("mail.read"), request("/"))).jsonBody).toBe("token-1");
    const { status, signInUrl } = await call(token("Files.Read"), request("/"));
    expect([status, new URL(signInUrl).searchParams.get("scope")]).toEqual([401, "Files.Read"]);
  });

  it("call APIs by the fetch that stands in for Node's at that time", async () => {
    const { request } = await users.signIn({ tokens: { "Mail.Read": "token-1" } });
    const asked = jest.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ value: 7 }));
    const mail = auth.signedIn(async (_, __, session) => {
      const answer = await session.fetch("https://graph.example/me", { scopes: ["Mail.Read"] });
      return { jsonBody: await answer.json() };
    });
    expect((await call(mail, request("/"))).jsonBody).toEqual({ value: 7 });
    const [[url, init]] = asked.mock.calls as [[URL, { headers: Headers }]];
    expect([url.href, init.headers.get("authorization")]).toEqual([
      "https://graph.example/me",
      "Bearer token-1",
    ]);
  });

  it.each<[string, Parameters<Auth["signedIn"]>[0], object, object]>([
    ["roles", { roles: ["Auditor"] }, { roles: ["Auditor"] }, { roles: ["Reader"] }],
    ["scopes", { scopes: ["Mail.Read"] }, { tokens: { "Mail.Read": "t" } }, {}],
    ["maxAge", { maxAge: 600 }, {}, { authenticatedAt: new Date(Date.now() - 601_000) }],
    ["a context", { authenticationContext: "c1" }, { claims: { acrs: ["c1"] } }, {}],
  ])("meet requirements, or do not: %s", async (_, requirements, good, bad) => {
    const handler = auth.signedIn(requirements as object, async () => ({ status: 204 }));
    const statusOf = async (user: object) =>
      (await call(handler, (await users.signIn(user)).request("/"))).status;
    expect(await statusOf(good)).toBe(204);
    expect(await statusOf(bad)).toBeGreaterThanOrEqual(401);
  });

  it("are signed out for good, also in the middle of a request", async () => {
    const user = await users.signIn({ tokens: { "Mail.Read": "token-1" } });
    const other = await users.signIn();
    const slow = auth.signedIn(async (_, __, session) => {
      await user.signOut();
      return { jsonBody: await session.getToken(["Files.Read"]) };
    });
    expect((await call(slow, user.request("/"))).status).toBe(401);
    expect((await call(whoAmI(), user.request("/"))).status).toBe(401);
    expect((await call(whoAmI(), other.request("/"))).status).toBe(200);
  });

  it("of one test are not those of another", async () => {
    const { request } = await users.signIn();
    testUsers(auth);
    expect((await call(whoAmI(), request("/"))).status).toBe(401);
  });

  it.each(["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_POD_NAME"])(
    "are not there in Azure (%s)",
    (name) => {
      process.env[name] = "x";
      expect(() => testUsers(auth)).toThrow(/refuses to run in Azure/);
    },
  );

  it("are of an auth that lightsout has made", () => {
    expect(() => testUsers({ ...auth })).toThrow("testUsers takes what lightsout has returned.");
  });
});
