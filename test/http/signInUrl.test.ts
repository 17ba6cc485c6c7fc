import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import { signInUrl } from "../../src/shared/web/signInUrl.ts";
import { BASE_URL } from "../support/settings.ts";

const name = fc.string({ unit: fc.constantFrom(..."azAZ09.:/_-"), minLength: 1, maxLength: 200 });
/** Of any length, also more than is accepted. */
const scopes = fc.array(name, { maxLength: 40 });
const path = fc
  .string({ unit: fc.constantFrom(..."az09/?=.-_%&+#"), maxLength: 1_999 })
  .map((text) => `/${text}`);
const claims = fc.option(
  fc.oneof(
    fc.string(),
    fc.string({ maxLength: 6_000 }).map((value) => JSON.stringify({ access_token: { value } })),
  ),
  { nil: undefined },
);

describe("a signInUrl that is handed out", () => {
  it("is accepted, whatever is missing, and fits a request line", () => {
    fc.assert(
      fc.property(scopes, claims, path, (scopes, claims, returnTo) => {
        const url = new URL(signInUrl(BASE_URL, { scopes, claims }, returnTo));
        expect(`GET ${url.pathname}${url.search} HTTP/1.1\r\n`.length).toBeLessThan(8_192);
        expect(() => signInOptions(url.searchParams)).not.toThrow();
      }),
    );
  });

  it("has all of it, as long as people's addresses and permissions are", () => {
    const few = scopes.filter((list) => list.join(" ").length <= 2_000);
    fc.assert(
      fc.property(few, path, (scopes, returnTo) => {
        fc.pre(encodeURIComponent(scopes.join(" ") + returnTo).length < 7_900);
        const url = new URL(signInUrl(BASE_URL, { scopes, claims: undefined }, returnTo));
        expect(signInOptions(url.searchParams)).toMatchObject({ scopes, returnTo });
      }),
    );
  });
});
