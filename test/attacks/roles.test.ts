import { HttpRequest, type HttpResponseInit, InvocationContext } from "@azure/functions";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { answeredSignIn, envOf, signIn, type TestApp, testApp, userOf } from "../support/app.ts";
import { authOf } from "../support/auth.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const tenant = sharedTenant();
let one: TestApp;
let cookie: string;
beforeEach(async () => {
  one = testApp(envOf(tenant));
  roles("Reader");
  cookie = await signIn(one);
});

function roles(...names: string[]): void {
  userOf(tenant).roles = names;
}

/** What somebody is answered by a function that only administrators may call. */
async function enter(session = cookie, headers: Record<string, string> = {}, query = "") {
  const handler = authOf(one).signedIn({ roles: ["Admin"] }, async () => ({
    status: 204,
  }));
  const sent = new HttpRequest({
    url: `https://app.example.com/admin-only${query}`,
    method: "GET",
    headers: { ...headers, cookie: `${headers.cookie ?? "a=b"}; ${SESSION_COOKIE}=${session}` },
  });
  return (await handler(sent, new InvocationContext())) as HttpResponseInit;
}

const inBase64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const UNSIGNED = `${inBase64({ alg: "none" })}.${inBase64({ roles: ["Admin"] })}.`;

describe("a role that the provider has not given counts nowhere", () => {
  it("and the right one does, in one line", async () => {
    const { status, body } = await enter();
    expect(status).toBe(403);
    expect(JSON.parse(String(body))).toMatchObject({ type: "urn:lightsout:problem:forbidden" });
    roles("Admin", "Reader");
    expect((await enter(await signIn(one))).status).toBe(204);
  });

  it.each<[string, Record<string, string>]>([
    [
      "App Service's header",
      { "x-ms-client-principal": inBase64({ claims: [{ typ: "roles", val: "Admin" }] }) },
    ],
    ["headers of their own", { roles: "Admin", "x-ms-token-aad-id-token": "e30.e30." }],
    ["a cookie with the name", { cookie: "roles=Admin; __Host-lightsout-roles=Admin" }],
    ["a bearer token", { authorization: `Bearer ${UNSIGNED}` }],
  ])("%s, or the query", async (_, headers) => {
    expect((await enter(cookie, headers, "?roles=Admin&role=Admin")).status).toBe(403);
  });

  it.each([
    JSON.stringify({ id_token: { roles: { essential: true, value: "Admin" } } }),
    JSON.stringify({ id_token: { roles: { values: ["Admin"] } }, roles: ["Admin"] }),
  ])("a claims parameter of the sign-in, or a field of its answer: %s", async (claims) => {
    const { finish } = await answeredSignIn(one, { claims });
    const { cookies } = await finish({ roles: "Admin", claims });
    expect((await enter(cookies[0]?.value)).status).toBe(403);
  });

  it.each([
    ["a text", "Admin"],
    ["no texts", [["Admin"], { value: "Admin" }, 5]],
    ["an object", { 0: "Admin" }],
  ])("a claim that is %s", async (_, strange) => {
    tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, roles: strange } });
    const session = await signIn(one);
    expect((await enter(session)).status).toBe(403);
  });
});
