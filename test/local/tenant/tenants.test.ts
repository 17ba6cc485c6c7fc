import { describe, expect, it, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import type { AppRegistration } from "../../../local/tenant/tenant.ts";
import { shared } from "../../support/shared.ts";
import {
  ADELE,
  app,
  authorizeUrl,
  GUEST,
  PERSONAL,
  redeem,
  refresh,
  start,
  type TokenBody,
  userOf,
} from "./helpers.ts";

const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";

const tenant = shared(() => start({ apps: Object.values(apps) }));
const apps = {
  single: app({ audience: "single" }),
  multi: app({ audience: "multi" }),
  all: app({ audience: "all" }),
  personal: app({ audience: "personal" }),
};

async function tokens(
  username: string,
  { clientId: client_id }: AppRegistration,
  authority: string,
) {
  const url = authorizeUrl(tenant, { client_id }, authority);
  const form = await createBrowser().signIn(url, username);
  const { body } = await redeem(tenant, form, { client_id }, authority);
  return { ...body, idToken: decodeJwt(body.id_token ?? ""), info: clientInfoOf(body) };
}

function clientInfoOf({ client_info = "" }: TokenBody) {
  return JSON.parse(Buffer.from(client_info, "base64url").toString());
}

describe("the account picker offers", () => {
  const offers = async (which: keyof typeof apps, authority: string) => {
    const url = authorizeUrl(tenant, { client_id: apps[which].clientId }, authority);
    const page = await createBrowser().get(url);
    return page.forms[0]?.buttons.map(({ text }) => text.split(" ").at(-1)) ?? page.text;
  };

  test.each<[keyof typeof apps, string, string[], string[]]>([
    ["single", "contoso.com", [ADELE, GUEST], [PERSONAL]],
    ["multi", "organizations", [ADELE, GUEST], [PERSONAL]],
    ["multi", "common", [ADELE, GUEST], [PERSONAL]],
    ["all", "common", [ADELE, GUEST, PERSONAL], []],
    ["all", "organizations", [ADELE, GUEST], [PERSONAL]],
    ["all", "consumers", [PERSONAL], [ADELE, GUEST]],
    ["personal", "consumers", [PERSONAL], [ADELE, GUEST]],
    ["personal", "common", [PERSONAL], [ADELE, GUEST]],
  ])("a %s app at %s: %s, not %s", async (which, authority, some, others) => {
    const offered = await offers(which, authority);
    expect(offered).toEqual(expect.arrayContaining(some));
    for (const other of others) expect(offered).not.toContain(other);
  });

  test.each<[keyof typeof apps, string, number]>([
    ["single", "common", 50194],
    ["single", "organizations", 50194],
    ["single", "consumers", 9002332],
    ["multi", "consumers", 9002332],
    ["personal", "organizations", 9002331],
    ["personal", "contoso.com", 9002331],
  ])("a %s app at %s nothing but AADSTS%i", async (which, authority, code) => {
    expect(await offers(which, authority)).toContain(`AADSTS${code}`);
  });

  it("a single-tenant app in another organization nothing but AADSTS700016", async () => {
    const { tenantId = "" } = userOf(tenant, GUEST);
    expect(await offers("single", tenantId)).toContain("AADSTS700016");
  });
});

describe("a personal account", () => {
  it("cannot sign in to an organization: AADSTS50020", async () => {
    const browser = createBrowser();
    const { clientId: client_id } = apps.all;
    const page = await browser.get(authorizeUrl(tenant, { client_id }));
    const [form] = page.forms;
    if (form) form.fields.account = `${userOf(tenant, PERSONAL).oid}.${CONSUMERS}`;
    const answer = await browser.submit(form);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("AADSTS50020");
    expect(
      tenant.sessions.some(({ signIns }) =>
        signIns.some(({ user }) => user.username === PERSONAL && signIns.length > 1),
      ),
    ).toBe(false);
    expect(browser.cookies.names(tenant.url)).toEqual([]);
  });

  it("cannot refresh into an organization: AADSTS50020", async () => {
    const { refresh_token } = await tokens(PERSONAL, apps.all, "common");
    const { clientId: client_id } = apps.all;
    const { status, body } = await refresh(tenant, refresh_token, { client_id }, "contoso.com");
    expect(status).toBe(400);
    expect(body.error_codes).toEqual([50020]);
  });
});
