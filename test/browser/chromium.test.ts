import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { close, listen } from "../support/listen.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

describeInBrowser("third-party cookies", () => {
  let server: Server;
  let port: number;
  let framed: IncomingMessage[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === "/sign-in") {
        response.setHeader("set-cookie", "session=1; Secure; HttpOnly; SameSite=None; Path=/");
      }
      if (request.url === "/frame") {
        framed.push(request);
        response.setHeader("set-cookie", "framed=1; Secure; SameSite=None; Path=/");
      }
      response.setHeader("content-type", "text/html");
      response.end(
        request.url === "/top" ? `<iframe src="http://localhost:${port}/frame"></iframe>` : "",
      );
    });
    port = await listen(server);
  });
  afterAll(() => close(server));

  it.each([
    ["blocked", undefined, ["session"]],
    ["allowed", "session=1", ["framed", "session"]],
  ] as const)("%s: a frame of another site is sent %s", async (thirdPartyCookies, sent, kept) => {
    framed = [];
    const context = await launchChromium({ thirdPartyCookies });
    try {
      const page = await context.newPage();
      await page.goto(`http://localhost:${port}/sign-in`);
      await page.goto(`http://login.localhost:${port}/top`);
      expect(framed.map(({ headers }) => headers["sec-fetch-site"])).toEqual(["cross-site"]);
      expect(framed.map(({ headers }) => headers.cookie)).toEqual([sent]);

      await page.goto(`http://localhost:${port}/`);
      const cookies = await context.cookies();
      expect(cookies.map(({ name }) => name).sort()).toEqual(kept);
    } finally {
      await context.close();
    }
  });

  it("does not touch first-party cookies", async () => {
    const context = await launchChromium({ thirdPartyCookies: "blocked" });
    try {
      const page = await context.newPage();
      await page.goto(`http://localhost:${port}/sign-in`);
      const request = page.waitForRequest(`http://localhost:${port}/again`);
      await page.goto(`http://localhost:${port}/again`);
      expect((await (await request).allHeaders()).cookie).toBe("session=1");
    } finally {
      await context.close();
    }
  });

  it("reaches no host but this machine's", async () => {
    const context = await launchChromium({ thirdPartyCookies: "allowed" });
    try {
      const page = await context.newPage();
      await expect(page.goto("http://example.com/")).rejects.toThrow("ERR_NAME_NOT_RESOLVED");
    } finally {
      await context.close();
    }
  });
});
