import { beforeEach, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import { startLoopback } from "../../support/loopback.ts";
import { shared } from "../../support/shared.ts";

let browser: Browser;

const SET = [
  "none=1; Secure; SameSite=None",
  "lax=1; SameSite=Lax",
  "default=1",
  "strict=1; SameSite=Strict",
  "__Host-ok=1; Secure; Path=/",
];

const COOKIES: Record<string, string[]> = {
  "/set": SET,
  "/bad": [
    "nonsecure=1; SameSite=None",
    "__Host-path=1; Secure; Path=/x",
    "__Host-insecure=1; Path=/",
    "__Secure-insecure=1",
    "foreign=1; Domain=example.com",
  ],
  "/drop": ["lax=; Max-Age=0", "strict=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
};

/** `/set` sets cookies, `/to?url` redirects, `/form` is a page, `/echo` tells what it got. */
const server = shared(() =>
  startLoopback(({ method, url, headers, body }) => {
    const { pathname, search } = new URL(url, "http://localhost");
    if (pathname === "/to") {
      return { status: 302, headers: { location: decodeURIComponent(search.slice(1)) } };
    }
    if (pathname === "/form") return { body: '<form method="post" action="/echo"></form>' };
    return {
      headers: { "set-cookie": COOKIES[pathname] ?? [] },
      body: { method, url, headers, body: body.toString() },
    };
  }),
);
beforeEach(() => {
  browser = createBrowser();
});

function app(path = "") {
  return server.url.replace("127.0.0.1", "localhost") + path;
}

function other(path = "") {
  return server.url.replace("127.0.0.1", "login.localhost") + path;
}

interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

function echo({ body }: { body: string }): Echo {
  return JSON.parse(body);
}

function cookieNames({ body }: { body: string }) {
  const { cookie = "" } = echo({ body }).headers;
  return cookie.split("; ").map((pair) => pair.split("=")[0]);
}

describe("cookies", () => {
  beforeEach(async () => {
    await browser.get(app("/set"));
  });

  it("all come back to their host, and to no other", async () => {
    expect(cookieNames(await browser.get(app("/echo")))).toEqual([
      "none",
      "lax",
      "default",
      "strict",
      "__Host-ok",
    ]);
    expect(echo(await browser.get(other("/echo"))).headers).not.toHaveProperty("cookie");
  });

  it("of SameSite=None alone come with a post from another site", async () => {
    const page = await browser.get(other("/form"));
    const [form] = page.forms;
    if (form) form.action = app("/echo");
    expect(cookieNames(await browser.submit(form))).toEqual(["none"]);
  });

  it("of SameSite=Lax also come with a link from another site", async () => {
    const from = await browser.get(other("/form"));
    const names = cookieNames(await browser.get(app("/echo"), { from }));
    expect(names).toEqual(["none", "lax", "default", "__Host-ok"]);
  });

  it("come and go in a frame of another site only if third-party cookies are on", async () => {
    const page = { ...(await browser.get(other("/form"))), frames: [app("/echo")] };
    const [blocked] = await browser.loadFrames(page);
    const [sent] = await browser.loadFrames(page, { cookies: true });
    expect(echo(blocked ?? page).headers).not.toHaveProperty("cookie");
    expect(cookieNames(sent ?? page)).toEqual(["none"]);
    const headers = { "sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe" };
    expect(echo(blocked ?? page)).toMatchObject({ method: "GET", headers });
    await browser.loadFrames({ ...page, frames: [app("/drop")] });
    expect(browser.cookies.names(app())).toContain("lax");
  });

  it("are deleted by Max-Age and Expires", async () => {
    await browser.get(app("/drop"));
    expect(browser.cookies.names(app())).toEqual(["none", "default", "__Host-ok"]);
    expect(browser.cookies.get(app(), "lax")).toBeUndefined();
    expect(browser.cookies.get(app(), "none")).toBe("1");
  });

  it("that browsers refuse are not kept", async () => {
    browser.cookies.clear();
    await browser.get(app("/bad"));
    expect(browser.cookies.names(app())).toEqual([]);
  });
});

describe("Sec-Fetch-Site", () => {
  const site = (page: { body: string }) => echo(page).headers["sec-fetch-site"];

  it("tells where a request comes from", async () => {
    const from = await browser.get(app("/form"));
    expect(site(await browser.get(app("/echo")))).toBe("none");
    expect(site(await browser.get(app("/echo"), { from }))).toBe("same-origin");
    expect(site(await browser.get(other("/echo"), { from }))).toBe("cross-site");
    const neighbour = { url: "http://localhost:1/", noReferrer: false };
    expect(site(await browser.get(app("/echo"), { from: neighbour }))).toBe("same-site");
  });

  it("stays cross-site after a redirect through another site", async () => {
    const from = await browser.get(app("/form"));
    const through = other(`/to?${encodeURIComponent(app("/echo"))}`);
    expect(site(await browser.get(through, { from }))).toBe("cross-site");
  });
});
