import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { continuedCall, type Links, withOwnLinks } from "../../src/shared/apis/continuation.ts";
import { stubSession } from "../support/graph.ts";
import { keyring } from "../support/keyring.ts";
import { BASE_URL } from "../support/settings.ts";

const graphBaseUrl = "https://graph.microsoft.com/v1.0";
const { account } = stubSession();
const links: Links = {
  baseUrl: BASE_URL,
  api: { route: "graph", baseUrl: graphBaseUrl, paging: "odata" },
  keyring: keyring("k1"),
  account,
};
const SCOPES = ["Mail.Read"];
const rewrite = (body: Uint8Array) => withOwnLinks(body, links, SCOPES);
const rewritten = (text: string) => Buffer.from(rewrite(Buffer.from(text))).toString();
const list = (link: unknown) => ({ value: [{ id: 1 }], "@odata.nextLink": link });

/** What a browser asks for that follows the link. */
function follow(link: string, as: Links = links) {
  expect(link.startsWith(`${BASE_URL}/graph/`)).toBe(true);
  const { pathname, search } = new URL(link);
  return continuedCall(pathname.slice("/graph/".length), search, as);
}

describe("a link to where a list goes on", () => {
  it.each([
    ["me/messages?$skip=10&$filter=a%20eq%20'b'", "me/messages"],
    ["me/messages/?$skiptoken=X%2Bx%3D", "me/messages/"],
    ["me/mailfolders('id')/messages?$skip=1", "me/mailfolders('id')/messages"],
    [
      "users('a%40b.example')/messages/delta?$deltatoken=1",
      "users('a%40b.example')/messages/delta",
    ],
    ["Me/Messages/AAA%3D/attachments?$skip=1", "Me/Messages/AAA%3D/attachments"],
  ])("leads through this app, wherever it stands: %s", (rest, path) => {
    const link = `${graphBaseUrl}/${rest}`;
    const body = {
      value: [{ "attachments@odata.nextLink": link, list: [{ "@odata.deltaLink": link }] }],
      "@odata.nextLink": link,
      "@nextLink": link,
    };
    const { value, ...top } = JSON.parse(rewritten(JSON.stringify(body)));
    const found = [...Object.values(top), value[0]["attachments@odata.nextLink"]];
    for (const own of [...found, value[0].list[0]["@odata.deltaLink"]] as string[]) {
      const query = new URL(link).search.slice(1);
      expect(follow(own)).toEqual({ path, query, scopes: SCOPES });
    }
  });

  it.each([
    ...["", "cursor=%FF%FE", "eyJpZCI6MX0", "eyJpZCI6MX0=", "t=a%20b", "t=a+b", "a=1;b=2"],
    ...["a&b=", "a=1&a=2", "filter=(a,b)~*!", "at=2026-01-01T00:00:00+01:00", "c=%2B%2f="],
  ])("keeps its query to the letter: %s", (query) => {
    const link = `${graphBaseUrl}/me/messages${query && `?${query}`}`;
    const { "@odata.nextLink": own } = JSON.parse(rewritten(JSON.stringify(list(link))));
    expect(follow(own)?.query).toBe(query);
  });

  it("carries one seal, also where the API's link has such a parameter", () => {
    const link = `${graphBaseUrl}/me/messages?lightsoutSeal=x&p=2`;
    const { "@odata.nextLink": own } = JSON.parse(rewritten(JSON.stringify(list(link))));
    expect(follow(own)?.query).toBe("p=2");
  });

  it("may be spelled in any case, and with slashes that JSON hides", () => {
    const text = String.raw`{"@OData.NextLink" : "https:\/\/GRAPH.microsoft.com\/V1.0\/me\/messages?$skip=1"}`;
    const [link] = Object.values(JSON.parse(rewritten(text))) as string[];
    expect(follow(link ?? "")?.path).toBe("me/messages");
  });

  it("changes nothing else of the answer", () => {
    const link = `${graphBaseUrl}/me/messages?$skip=1`;
    const before = `{ "size": 12345678901234567890.0, "a":1e400,"text":"\\u00fc \\"@odata.nextLink\\": \\"${link}\\"",\t"@odata.nextLink":"`;
    const text = rewritten(`${before}${link}"}`);
    expect(text.startsWith(before)).toBe(true);
    expect(text.slice(before.length)).toMatch(/^https:\/\/app\.example\.com\/graph\/[^"]+"}$/);
  });

  it("keeps the bytes of an answer that is not even text", () => {
    const strange = Buffer.from([0xff, 0xd8, 0x22, 0]);
    const body = Buffer.concat([strange, Buffer.from(JSON.stringify(list(`${graphBaseUrl}/me`)))]);
    expect(Buffer.from(rewrite(body)).subarray(0, strange.length)).toEqual(strange);
    expect(rewrite(strange)).toBe(strange);
  });

  it.each([
    "https://evil.example/v1.0/me",
    "https://graph.microsoft.com.evil.example/v1.0/me",
    "https://user@graph.microsoft.com/v1.0/me",
    "https://graph.microsoft.com/v1.0",
    "https://graph.microsoft.com/v1.01/me",
    "https://graph.microsoft.com/beta/me",
    "https://graph.microsoft.com/v1.0/../beta/me",
    "https://graph.microsoft.com/v1.0/me/%2e%2e/%2e%2e/beta",
    "https://graph.microsoft.com/v1.0/a%2Fb",
    "http://graph.microsoft.com/v1.0/me",
    "/me/messages",
    5,
    null,
    { href: "x" },
  ])("stays as it is when it is %j", (link) => {
    const body = Buffer.from(JSON.stringify(list(link)));
    expect(rewrite(body)).toBe(body);
  });

  it.each(["", "plain text", '{"@odata.nextLink": broken', '["@odata.nextLink"]'])(
    "is not looked for where there is none: %s",
    (text) => {
      const body = Buffer.from(text);
      expect(rewrite(body)).toBe(body);
    },
  );

  it.each(["odata", "nextLink"] as const)(
    "is found in an answer of any depth and size, also one that breaks off: %s",
    (paging) => {
      const deep = "[".repeat(100_000) + "]".repeat(100_000);
      const long = String.raw`\"`.repeat(2_000_000);
      const name = paging === "odata" ? "@odata.nextLink" : "nextLink";
      const rewritten = (text: string) => {
        const api = { ...links.api, paging };
        return Buffer.from(withOwnLinks(Buffer.from(text), { ...links, api }, SCOPES)).toString();
      };
      const text = `{"deep":${deep},"long":"${long}","${name}":"${graphBaseUrl}/me/messages?$skip=1"}`;
      expect(rewritten(text)).toContain(`${BASE_URL}/graph/me/messages`);
      const brokenOff = `{"${name}":"${long}`;
      expect(rewritten(brokenOff) === brokenOff).toBe(true);
    },
  );
});

describe("the seal of a link", () => {
  const [link] = Object.values(
    JSON.parse(rewritten(JSON.stringify({ "@odata.nextLink": `${graphBaseUrl}/a/b?$skip=1&x=y` }))),
  ) as [string];

  it.each<[string, string]>([
    ["another path", link.replace("/a/b", "/a/c")],
    ["a longer path", link.replace("/a/b", "/a/b/c")],
    ["another value", link.replace("skip=1", "skip=2")],
    ["another option", `${link}&$expand=attachments`],
    ["one option less", link.replace("x=y&", "")],
    ["another order", link.replace("$skip=1&x=y", "x=y&$skip=1")],
    ["no seal", link.replace("lightsoutSeal", "seal")],
    ["half a seal", link.slice(0, -4)],
    ["a key nobody has", link.replace("k1.", "k2.")],
  ])("does not hold for %s", (_, forged) => {
    expect(forged).not.toBe(link);
    expect(follow(link)).toBeDefined();
    expect(follow(forged)).toBeUndefined();
  });

  it.each([{ homeAccountId: "other.tid" }, { tenantId: "other" }])(
    "does not hold for %j",
    (other) => {
      expect(follow(link, { ...links, account: { ...account, ...other } })).toBeUndefined();
    },
  );

  it("holds however the link is spelled on its way", () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9$(),:;=@'+ äß-]{1,20}$/);
    const option = fc.tuple(fc.stringMatching(/^\$?[a-z]{1,10}$/), fc.string({ maxLength: 30 }));
    fc.assert(
      fc.property(
        fc.array(segment, { minLength: 1, maxLength: 4 }),
        fc.array(option),
        (path, query) => {
          const target = new URL(`${graphBaseUrl}/${path.map(encodeURIComponent).join("/")}`);
          target.search = new URLSearchParams(query).toString();
          const [own] = Object.values(
            JSON.parse(rewritten(JSON.stringify({ "@odata.nextLink": target.href }))),
          ) as [string];
          const call = follow(new URL(own).href.replaceAll("%24", "$").replaceAll("'", "%27"));
          expect(call?.path.split("/").map(decodeURIComponent)).toEqual(path);
          expect([...new URLSearchParams(call?.query)]).toEqual([...target.searchParams]);
        },
      ),
    );
  });
});
