import { beforeEach, describe, expect, it } from "@jest/globals";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { signOutByUser } from "../../src/shared/store/signOut.ts";
import { signedIn } from "../../src/shared/web/handlers.ts";
import { json } from "../../src/shared/web/responses.ts";
import { ADELE, envOf, refOf, signIn, type TestApp, tenantOfApp, testApp } from "../support/app.ts";
import { request } from "../support/request.ts";
import { shared } from "../support/shared.ts";

let one: TestApp;
const tenant = shared(tenantOfApp);
let cookies: Record<string, string>;
beforeEach(async () => {
  one = testApp(envOf(tenant));
  cookies = { [SESSION_COOKIE]: await signIn(one) };
  one.table.operations.length = 0;
});

const call = (init: Parameters<typeof request>[1]): Promise<HttpResponse> =>
  signedIn(one.app, async (_request, _, { account }) => json(account.username))(
    request("/", init),
    {},
  );

describe("signedIn", () => {
  it("gives the handler the session, for one read", async () => {
    await expect(call({ cookies })).resolves.toMatchObject({ status: 200, body: `"${ADELE}"` });
    expect(one.table.operations).toHaveLength(1);
  });

  it("is a 401 without a session, and reads nothing for a cookie that is none", async () => {
    for (const none of [{}, { [SESSION_COOKIE]: "x" }]) {
      await expect(call({ cookies: none })).resolves.toMatchObject({ status: 401 });
    }
    expect(one.table.operations).toEqual([]);
    await signOutByUser(one.app.store, refOf(one, cookies[SESSION_COOKIE] ?? ""));
    await expect(call({ cookies })).resolves.toMatchObject({ status: 401 });
  });

  it.each(["POST", "PUT", "PATCH", "DELETE"])(
    "refuses a %s from another site, before anything else",
    async (method) => {
      const headers = { "sec-fetch-site": "cross-site" };
      await expect(call({ method, cookies, headers })).resolves.toMatchObject({ status: 403 });
      await expect(call({ method, cookies })).resolves.toMatchObject({ status: 403 });
      expect(one.table.operations).toEqual([]);
      const own = { "sec-fetch-site": "same-origin" };
      await expect(call({ method, cookies, headers: own })).resolves.toMatchObject({ status: 200 });
    },
  );

  it("is a 503 while the storage does not answer", async () => {
    one.table.down = true;
    await expect(call({ cookies })).resolves.toMatchObject({ status: 503 });
  });

  it("believes no header about who somebody is", async () => {
    const headers = {
      "x-ms-client-principal": Buffer.from('{"userId":"x"}').toString("base64"),
      "x-ms-client-principal-name": ADELE,
      authorization: "Bearer x",
    };
    await expect(call({ headers })).resolves.toMatchObject({ status: 401 });
  });
});
