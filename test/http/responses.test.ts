import { describe, expect, it } from "@jest/globals";
import {
  framed,
  json,
  noContent,
  page,
  privately,
  redirect,
} from "../../src/shared/http/responses.ts";
import { STYLE_HASH } from "../../src/shared/pages/style.ts";
import { settings } from "../support/settings.ts";

const LOGIN = "https://login.microsoftonline.com";
const all = {
  json: json({}),
  noContent: noContent(),
  privately: privately({ status: 200, headers: { "Cache-Control": "public" } }),
  redirect: redirect(302, "/"),
  page: page(settings(), "<p>"),
  framed: framed(settings(), 200, "text"),
};

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

describe("json", () => {
  it("is what it is given", () => {
    expect(json({ a: "ü" }, 418, { "Content-Type": "application/problem+json" })).toMatchObject({
      status: 418,
      headers: { "Content-Type": "application/problem+json" },
      body: '{"a":"ü"}',
    });
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

describe("redirect", () => {
  it("has a place to go and the cookies to take along", () => {
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
});

describe("page", () => {
  const policyOf = (changes = {}) =>
    page(settings(changes), "").headers?.["Content-Security-Policy"]?.split("; ");

  it("has the one style sheet, own images, and forms that lead here or to the authority", () => {
    expect(policyOf()).toEqual([
      "default-src 'none'",
      `style-src '${STYLE_HASH}'`,
      "img-src 'self'",
      `form-action 'self' ${LOGIN}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  it("lets forms lead to where personal accounts sign out", () => {
    const policy = policyOf({ ENTRA_TENANT_ID: "common" });
    expect(policy).toContain(`form-action 'self' ${LOGIN} https://login.live.com`);
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
  it("is text that exactly the authority's pages may frame", () => {
    const { status, headers, body } = framed(settings(), 503, "text", { Refresh: "2" });
    expect([status, body]).toEqual([503, "text"]);
    expect(headers).toMatchObject({
      Refresh: "2",
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; frame-ancestors ${LOGIN}`,
    });
    expect(headers).not.toHaveProperty("X-Frame-Options");
  });
});
