import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { shared } from "../support/shared.ts";
import { startTableProxy } from "../support/tableProxy.ts";
import { lastSid, signedInBrowser } from "../support/user.ts";

const rig = shared(() => startRig());
const proxy = shared(() => startTableProxy(rig.azurite));
let counted: FunctionsHost;
let url: string;
let browser: Browser;

beforeAll(async () => {
  counted = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });
  url = counted.url;
});

// Cookies are kept per host name, so the instance that is counted sees those of the other.
beforeEach(async () => {
  browser = await signedInBrowser(rig);
  proxy.take();
});

describe("requests to the table", () => {
  it.each(["/auth/session", "/graph/me", "/graph/me/photo/$value", "/"])(
    "%s reads once and writes nothing",
    async (path) => {
      expect((await browser.get(url + path)).status).toBe(200);
      expect(proxy.take()).toEqual(["GET"]);
    },
  );

  it("a token refresh writes once more", async () => {
    expect((await browser.fetch(`${url}/graph/me/messages`)).status).toBe(200);
    expect(proxy.take()).toEqual(["GET", "PUT"]);
    expect((await browser.fetch(`${url}/graph/me/messages`)).status).toBe(200);
    expect(proxy.take()).toEqual(["GET"]);
  });

  it("a sign-out by cookie is one deletion", async () => {
    const answer = await browser.get(`${url}/auth/signout`);
    expect(proxy.take()).toEqual([]);
    await browser.submit(answer.forms[0], { follow: false });
    expect(proxy.take()).toEqual(["DELETE"]);
  });

  it("a front-channel sign-out finds the tokens with one request and deletes them with the next", async () => {
    await browser.submit((await browser.get(`${rig.otherApp.url}/sign-in`)).forms[0]);
    const callback = `${url}/auth/logout-callback?sid=${lastSid(rig)}`;
    expect((await fetch(callback)).status).toBe(200);
    expect(proxy.take()).toEqual(["GET", "DELETE", "PUT"]);

    // Again: a sign-in that has seen the first call's tombstone may be under way, so there has to be a new one.
    expect((await fetch(callback)).status).toBe(200);
    expect(proxy.take()).toEqual(["GET", "PUT"]);
  });
});
