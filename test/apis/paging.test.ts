import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { type Api, type DeclaredApi, readApi } from "../../src/shared/apis/api.ts";
import { forward } from "../../src/shared/apis/forward.ts";
import type { Context } from "../../src/shared/context.ts";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import { testApp } from "../support/app.ts";
import { type StubSession, stubSession } from "../support/graph.ts";
import { startLoopback } from "../support/loopback.ts";
import { request } from "../support/request.ts";
import { BASE_URL } from "../support/settings.ts";
import { shared } from "../support/shared.ts";

/*
 * How the list of an API that the app declares goes on.
 */

const upstream = shared(startLoopback);
let app: Context;
let session: StubSession;
beforeAll(async () => {
  ({ app } = testApp());
});
beforeEach(() => {
  session = stubSession();
  upstream.requests.length = 0;
});

function declared(route: string, paging?: Api["paging"]): DeclaredApi {
  const calls = [{ method: "GET", path: "orders", scopes: [`api://${route}/Read`] }] as const;
  return readApi({}, route, { baseUrl: `${upstream.url}/v1`, calls, ...(paging && { paging }) });
}
const ask = (api: DeclaredApi, path: string) => forward(app, request(path), session, api);
const jsonOf = ({ body }: HttpResponse) => JSON.parse(Buffer.from(body as Uint8Array).toString());
const linksOf = ({ headers }: HttpResponse) =>
  [...(headers?.link ?? "").matchAll(/<([^>]*)>; rel="([^"]*)"/g)].map(([, link, rel]) => [
    rel,
    link,
  ]);

/** An answer that says where the list goes on, and where that is found when it came through. */
const KINDS: ["nextLink" | "link", (link: string) => object, (answer: HttpResponse) => string][] = [
  [
    "nextLink",
    (link) => ({ body: { value: [], nextLink: link } }),
    (answer) => jsonOf(answer).nextLink,
  ],
  [
    "link",
    (link) => ({ body: [], headers: { link: `<${link}>; rel="next"` } }),
    (answer) => linksOf(answer)[0]?.[1] ?? "",
  ],
];

describe.each(KINDS)("a list that goes on by %s", (paging, answer, found) => {
  it("leads through this app, for the same scopes and at the same API only", async () => {
    upstream.respond = () => answer(`${upstream.url}/v1/stock?page=2`);
    const api = declared("orders", paging);
    const own = found(await ask(api, "/orders/orders"));
    expect(own.startsWith(`${BASE_URL}/orders/stock?page=2&`)).toBe(true);
    session = stubSession();
    await ask(api, own.slice(BASE_URL.length));
    expect(session.asked).toEqual([[["api://orders/Read"], undefined]]);
    expect(upstream.requests.at(-1)?.url).toBe("/v1/stock?page=2");

    const elsewhere = ask(
      declared("stock", paging),
      own.slice(BASE_URL.length).replace("orders", "stock"),
    );
    await expect(elsewhere).rejects.toMatchObject({ code: "ERR_NOT_PERMITTED" });
  });

  // Of one kind: the others are in test/apis/continuation.test.ts.
  it("is not followed to another origin", async () => {
    const link = "https://evil.example/v1/orders";
    upstream.respond = () => answer(link);
    const { headers, body } = await ask(declared("orders", paging), "/orders/orders");
    expect(`${JSON.stringify(headers)}${body}`).not.toContain("lightsoutSeal");
  });

  it("is followed only where the app says that it goes on so", async () => {
    upstream.respond = () => answer(`${upstream.url}/v1/orders?page=2`);
    const { headers, body } = await ask(declared("orders"), "/orders/orders");
    expect(`${JSON.stringify(headers)}${body}`).not.toContain("lightsoutSeal");
  });
});

describe("a header Link", () => {
  const linksFor = async (link: string | string[]) => {
    upstream.respond = () => ({ body: [], headers: { link } });
    const found = linksOf(await ask(declared("orders", "link"), "/orders/orders"));
    return found.map(([rel, address = ""]) => [rel, address.replace(/[?&]lightsoutSeal=.*/, "")]);
  };

  it("may have many links, relative ones too, and parameters in any form", async () => {
    const link = `<?page=1>; title="a, <b>; rel=last"; rel=prev, </v1/orders?page=3>;REL="Next https://x.example/y"`;
    expect(await linksFor(link)).toEqual([
      ["prev", `${BASE_URL}/orders/orders?page=1`],
      ["next", `${BASE_URL}/orders/orders?page=3`],
    ]);
    expect(await linksFor(["</v1/a>; rel=first", "</v1/b>; rel=last"])).toHaveLength(2);
  });

  it.each([
    "</v1/app.js>; rel=preload",
    "</v1/orders>",
    "</v2/orders>; rel=next",
    "rel=next",
    "<>",
    `<${"a".repeat(5_000)}`,
    `</v1/a>${"; x".repeat(3_000)}`,
    `</v1/a>; a="${"\\".repeat(3_001)}`,
  ])("of another kind stays behind: %#", async (link) => {
    expect(await linksFor(link)).toEqual([]);
  });
});

describe("a nextLink", () => {
  const textFor = async (text: string) => {
    upstream.respond = () => ({ body: text, headers: { "content-type": "application/json" } });
    const { body } = await ask(declared("orders", "nextLink"), "/orders/orders");
    return Buffer.from(body as Uint8Array).toString();
  };
  const link = () => `${upstream.url}/v1/orders?page=2`;

  it("counts where it stands for the whole answer, and where OData names it", async () => {
    const odata = `{"value":[{"items@odata.nextLink":"${link()}"}]}`;
    expect(await textFor(odata)).toContain("lightsoutSeal");
    const spaced = `{ "text": "{[\\"", "list": [{}, []], "nextLink" : "${link()}", "n": 1e400 }`;
    expect(await textFor(spaced)).toMatch(/^\{ "text": .*lightsoutSeal=.*", "n": 1e400 \}$/);
  });

  it.each([
    (own: string) => `{"value":[{"nextLink":"${own}"}]}`,
    (own: string) => `{"value":{"nextLink":"${own}"}}`,
    (own: string) => `[{"nextLink":"${own}"}]`,
    (own: string) => `{"text":"\\"nextLink\\":\\"${own}\\""}`,
    (own: string) => `{"nextLink":["${own}"]}`,
    () => `{"nextLink":null}`,
    () => `{"nextLink":"`,
  ])("deeper down is data: %#", async (text) => {
    expect(await textFor(text(link()))).toBe(text(link()));
  });
});
