import { describe, expect, it } from "@jest/globals";
import { CrossSiteRequest } from "../../src/shared/base/errors.ts";
import { assertOpened, assertSameOrigin } from "../../src/shared/http/sameOrigin.ts";
import { request } from "../support/request.ts";

const BASE = "https://app.example.com";
const check = (headers: Record<string, string>) => () =>
  assertSameOrigin(request("/", { method: "POST", headers }), BASE);

describe("assertSameOrigin", () => {
  it.each<Record<string, string>>([
    { "sec-fetch-site": "same-origin" },
    { "sec-fetch-site": "same-origin", origin: "null" },
    { "Sec-Fetch-Site": "same-origin", origin: BASE },
    { origin: BASE },
  ])("lets %j through", (headers) => {
    expect(check(headers)).not.toThrow();
  });

  it.each<Record<string, string>>([
    {},
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "" },
    { "sec-fetch-site": "SAME-ORIGIN" },
    { "sec-fetch-site": "same-origin, same-origin" },
    { "sec-fetch-site": "cross-site", origin: BASE },
    { origin: "" },
    { origin: "null" },
    { origin: `${BASE}/` },
    { origin: `${BASE}:443` },
    { origin: `${BASE}.evil.example` },
    { origin: "https://evil.example" },
    { origin: "http://app.example.com" },
    { origin: "https://other.example.com" },
    { origin: `${BASE}, https://evil.example` },
    { origin: "HTTPS://APP.EXAMPLE.COM" },
    { referer: `${BASE}/` },
    { host: "app.example.com", "x-forwarded-host": "app.example.com" },
    { "x-requested-with": "XMLHttpRequest" },
  ])("refuses %j", (headers) => {
    expect(check(headers)).toThrow(CrossSiteRequest);
  });
});

describe("assertOpened", () => {
  const check = (headers: Record<string, string>) => () => assertOpened(request("/", { headers }));

  it.each<Record<string, string>>([
    {},
    { "sec-fetch-site": "", "sec-fetch-dest": "" },
    { "sec-fetch-site": "none", "sec-fetch-dest": "document" },
    { "sec-fetch-site": "cross-site", "sec-fetch-dest": "document" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-origin", "sec-fetch-dest": "iframe" },
    { "sec-fetch-site": "same-origin", "sec-fetch-dest": "empty" },
  ])("lets %j through", (headers) => {
    expect(check(headers)).not.toThrow();
  });

  it.each<Record<string, string>>([
    { "sec-fetch-site": "cross-site", "sec-fetch-dest": "iframe" },
    { "sec-fetch-site": "same-site", "sec-fetch-dest": "image" },
    { "sec-fetch-site": "cross-site", "sec-fetch-dest": "empty" },
    { "sec-fetch-site": "same-origin", "sec-fetch-dest": "document", "sec-purpose": "prefetch" },
    { "sec-fetch-dest": "document", "sec-purpose": "prefetch;prerender" },
  ])("refuses %j", (headers) => {
    expect(check(headers)).toThrow(CrossSiteRequest);
  });
});
