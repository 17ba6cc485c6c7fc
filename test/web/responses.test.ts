import { describe, expect, it } from "@jest/globals";
import { STYLE_HASH } from "../../src/shared/web/pages/style.ts";
import {
  framed,
  json,
  noContent,
  page,
  privately,
  redirect,
} from "../../src/shared/web/responses.ts";
import { settings } from "../support/settings.ts";

const LOGIN = "https://login.microsoftonline.com";
const all = {
  json: json({}),
  noContent: noContent(),
  privately: privately({ status: 200, headers: { "Cache-Control": "public" } }),
  redirect: redirect(302, "/"),
  page: page(settings(), "<p>"),
  framed: framed(settings(), undefined, 200, "text"),
};
const METADATA = "http://127.0.0.1:4180/t/v2.0/.well-known/openid-configuration";

describe("every answer", () => {
  it.each(Object.entries(all))(
    "%s is not stored, sniffed, or told to the next site",
    (_, answer) => {
      expect(answer.headers).toMatchObject({
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      });
    },
  );

  it.each(Object.entries(all).filter(([name]) => name !== "framed"))(
    "%s is not framed, and runs no script",
    (_, { headers = {} }) => {
      expect(headers["X-Frame-Options"]).toBe("DENY");
      const policy = headers["Content-Security-Policy"];
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toMatch(/script-src|unsafe|\*/);
    },
  );
});

it("json is what it is given", () => {
  expect(json({ a: "ü" }, 418, { "Content-Type": "application/problem+json" })).toMatchObject({
    status: 418,
    headers: { "Content-Type": "application/problem+json" },
    body: '{"a":"ü"}',
  });
});

describe("privately", () => {
  it("keeps status, body and the other headers", () => {
    const body = new Uint8Array([1]);
    const answer = privately({ status: 202, headers: { etag: "1" }, body });
    expect(answer).toMatchObject({ status: 202, headers: { etag: "1" }, body });
  });

  it("runs nothing that another service made, whatever its type", () => {
    const headers = { "content-type": "text/html" };
    const answer = privately({ status: 200, headers });
    expect(answer.headers?.["Content-Security-Policy"]).toContain("sandbox");
  });
});

it("redirect has a place to go and the cookies to take along", () => {
  const cookie = { name: "a", value: "", path: "/", secure: true, httpOnly: true, maxAge: 0 };
  const cookies = [{ ...cookie, sameSite: "Lax" as const }];
  const answer = redirect(303, "https://x.example/", cookies);
  expect(answer).toMatchObject({
    status: 303,
    headers: { Location: "https://x.example/" },
    cookies,
  });
  expect(answer.body).toBeUndefined();
});

describe("page", () => {
  const FORM = '<form method="post" action="/auth/signout">';
  const policyOf = (body: string, changes = {}) =>
    page(settings(changes), body).headers?.["Content-Security-Policy"]?.split("; ");

  it("has the one style sheet, own images, and no forms", () => {
    expect(policyOf("<p>")).toEqual([
      "default-src 'none'",
      `style-src '${STYLE_HASH}'`,
      "img-src 'self' data:",
      "form-action 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["any https origin", {}, "'self' https:"],
    ["the same for personal accounts", { ENTRA_TENANT_ID: "common" }, "'self' https:"],
    ["http too, from a tenant here", { ENTRA_METADATA_URL: METADATA }, "'self' https: http:"],
  ])("lets a form lead on to %s", (_, changes, expected) => {
    expect(policyOf(FORM, changes)).toContain(`form-action ${expected}`);
  });

  it("says where a form comes from, to this origin alone", () => {
    expect(page(settings(), FORM).headers?.["Referrer-Policy"]).toBe("same-origin");
  });

  it("is HTML, on its own among windows", () => {
    expect(page(settings(), "<p>", 503, { "Retry-After": "2" })).toMatchObject({
      status: 503,
      headers: {
        "Content-Type": "text/html; charset=utf-8",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Retry-After": "2",
      },
      body: "<p>",
    });
  });
});

describe("framed", () => {
  const ancestorsOf = (end_session_endpoint: unknown) => {
    const { headers } = framed(settings(), { end_session_endpoint } as never, 200, "");
    return headers?.["Content-Security-Policy"]?.replace("default-src 'none'; ", "");
  };

  it("is text that exactly the authority's pages may frame", () => {
    const { status, headers, body } = framed(settings(), undefined, 503, "text", { Refresh: "2" });
    expect([status, body]).toEqual([503, "text"]);
    expect(headers).toMatchObject({
      Refresh: "2",
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; frame-ancestors ${LOGIN}`,
    });
    expect(headers).not.toHaveProperty("X-Frame-Options");
  });

  it.each<[string, unknown, string]>([
    [
      "another origin's sign-out page",
      "https://out.example:8443/x?p=1",
      " https://out.example:8443",
    ],
    ["the authority's own only once", `${LOGIN}/common/oauth2/v2.0/logout`, ""],
    ["nobody more for a page that is none", "about:blank", ""],
    ["nobody more for a scheme without origin", "data:text/html,x", ""],
    ["nobody more for no address", "'self' *", ""],
    ["nobody more where there is none", undefined, ""],
  ])("may be framed by %s", (_, endpoint, more) => {
    expect(ancestorsOf(endpoint)).toBe(`frame-ancestors ${LOGIN}${more}`);
  });
});
