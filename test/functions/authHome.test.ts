import { expect, it } from "@jest/globals";
import { authHome } from "../../src/functions/authHome.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { ADELE, envOf, signIn, testApp } from "../support/app.ts";
import { request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const tenant = sharedTenant();

it.each(["drop", 500, 429] as const)(
  "keeps name and sign-out while the provider answers a refresh with %s",
  async (status) => {
    const test = testApp({ ...envOf(tenant), GRAPH_BASE_URL: "http://127.0.0.1:9/v1.0" });
    // Within five minutes of its end a token is refreshed.
    tenant.switches.caeAccessTokenLifetime = 60;
    const cookies = { [SESSION_COOKIE]: await signIn(test) };
    tenant.switches.tokenFault = { status };
    const answer = await authHome(test.app).handler(request("/", { cookies }), 0);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(ADELE);
    expect(answer.body).toContain('<form method="post" action="/auth/signout">');
    expect(answer.body).toContain("cannot be read");
    expect(test.logged.map(([level, event]) => [level, event])).toContainEqual([
      "error",
      "request.failed",
    ]);
  },
);
