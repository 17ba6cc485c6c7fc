import { expect, it } from "@jest/globals";
import { startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

const COOKIES: Record<string, string> = {
  "/sign-in": "session=1; Secure; HttpOnly; SameSite=None; Path=/",
  "/frame": "framed=1; Secure; SameSite=None; Path=/",
};

describeInBrowser("third-party cookies", () => {
  const server = shared(() =>
    startLoopback(({ url, headers: { host = "" } }) => ({
      headers: { "content-type": "text/html", "set-cookie": COOKIES[url] ?? [] },
      body:
        url === "/top" ? `<iframe src="http://${host.replace("login.", "")}/frame"></iframe>` : "",
    })),
  );
  const at = (host: string) => server.url.replace("127.0.0.1", host);

  it.each([
    ["blocked", undefined, ["session"]],
    ["allowed", "session=1", ["framed", "session"]],
  ] as const)("%s: a frame of another site is sent %s", async (thirdPartyCookies, sent, kept) => {
    server.requests.length = 0;
    const context = await launchChromium({ thirdPartyCookies });
    try {
      const page = await context.newPage();
      await page.goto(`${at("localhost")}/sign-in`);
      await page.goto(`${at("login.localhost")}/top`);
      const framed = server.requests.filter(({ url }) => url === "/frame");
      expect(framed.map(({ headers }) => headers["sec-fetch-site"])).toEqual(["cross-site"]);
      expect(framed.map(({ headers }) => headers.cookie)).toEqual([sent]);

      await page.goto(`${at("localhost")}/`);
      const cookies = await context.cookies();
      expect(cookies.map(({ name }) => name).sort()).toEqual(kept);
    } finally {
      await context.close();
    }
  });
});
