import { describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { startRig } from "../../../local/rig.ts";
import { buildOwnApp } from "../../support/ownApp.ts";
import { shared } from "../../support/shared.ts";
import { signedInBrowser } from "../../support/user.ts";

const own = shared(buildOwnApp);
const rig = shared(() => startRig({ root: own.path }));

describe("the example API", () => {
  it("is called with a token of its own, and its list goes on through the app", async () => {
    const browser = await signedInBrowser(rig);
    let path = "/shop/orders";
    const names: string[] = [];
    for (let pages = 0; path && pages < 9; pages++) {
      const answer = await browser.fetch(rig.url + path);
      expect(answer.status).toBe(200);
      names.push(...(JSON.parse(answer.body) as { name: string }[]).map(({ name }) => name));
      const [, next = ""] = /<([^>]*)>; rel="next"/.exec(String(answer.headers.link)) ?? [];
      path = next.replace(rig.url, "");
    }
    expect(names).toEqual(["Chair", "Desk", "Lamp", "Shelf", "Stool"]);
    expect((await fetch(`${rig.url}/shop/orders`)).status).toBe(401);
  });

  it.each<[string, () => Promise<string>, string]>([
    ["none", async () => "", "Bearer"],
    ["nonsense", async () => "Bearer x", 'Bearer error="invalid_token"'],
    [
      "one of somebody else's",
      async () => {
        const forged = new SignJWT({ scp: "Orders.Read", aud: "api://orders" });
        const key = new TextEncoder().encode("x".repeat(32));
        return `Bearer ${await forged.setProtectedHeader({ alg: "HS256" }).sign(key)}`;
      },
      'Bearer error="invalid_token"',
    ],
  ])("refuses a request whose token is %s", async (_, authorization, challenge) => {
    const headers = { authorization: await authorization() };
    const answer = await fetch(`${rig.orders.url}/orders`, { headers });
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, challenge]);
  });
});
