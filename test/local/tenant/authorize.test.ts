import { afterAll, beforeEach, describe, expect, it, test } from "@jest/globals";
import { decodeJwt } from "jose";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import { shared } from "../../support/shared.ts";
import {
  ADELE,
  ALEX,
  authorizeUrl,
  firstApp,
  type Params,
  REDIRECT_URI,
  redeem,
  signIn,
  start,
  userOf,
} from "./helpers.ts";

const tenant = shared(() => start());
let browser: Browser;

beforeEach(() => {
  browser = createBrowser();
});

describe("the account picker", () => {
  it("says what it is, for whom, and offers every account of the tenant", async () => {
    const page = await browser.get(authorizeUrl(tenant));
    expect(page.status).toBe(200);
    expect(page.text).toContain("not Microsoft");
    expect(page.text).toContain("to continue to Test app");
    const buttons = page.forms[0]?.buttons.map(({ text }) => text.split(" ").at(-1));
    expect(buttons).toEqual([ADELE, ALEX, "meganb@contoso.com", "jordan@fabrikam.com"]);
  });

  it("refuses an account that does not exist", async () => {
    const page = await browser.get(authorizeUrl(tenant));
    const form = page.forms[0];
    if (form) form.fields.account = "nobody";
    const answer = await browser.submit(form);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("AADSTS16000");
  });

  it("refuses a disabled account", async () => {
    const user = userOf(tenant, "meganb@contoso.com");
    user.disabled = true;
    const page = await browser.get(authorizeUrl(tenant));
    const answer = await browser.submit(page.forms[0], { press: user.username });
    expect(answer.text).toContain("AADSTS50057");
    expect(browser.cookies.names(tenant.url)).toEqual([]);
    user.disabled = false;
  });
});

it("the response posts code, state and session_state, and no iss", async () => {
  const form = await browser.signIn(authorizeUrl(tenant), ADELE);
  expect(form).toMatchObject({ method: "POST", action: REDIRECT_URI });
  expect(Object.keys(form.fields)).toEqual(["code", "state", "session_state"]);
  expect(form.fields.state).toBe("the-state");
  expect(form.fields.session_state).toMatch(/^[\da-f-]{36}$/);
  expect(form.fields.session_state).toBe(tenant.sessions.at(-1)?.signIns[0]?.sid);
});

describe("an error page instead of a redirect", () => {
  test.each<[string, Params, string?]>([
    ["AADSTS700016", { client_id: "11111111-1111-1111-1111-111111111111" }],
    ["AADSTS900144", { client_id: undefined }],
    ["AADSTS900971", { redirect_uri: undefined }],
    ["AADSTS50011", { redirect_uri: "http://localhost:7071/auth/callback/" }],
    ["AADSTS50011", { redirect_uri: "http://localhost:7072/auth/callback" }],
    ["AADSTS50011", { redirect_uri: "https://evil.example/auth/callback" }],
    ["AADSTS70007", { response_mode: "web_message" }],
    ["AADSTS90002", {}, "fabrikam.example"],
  ])("%s for %o", async (code, params, authority = tenant.tenantId) => {
    const page = await browser.get(authorizeUrl(tenant, params, authority), { follow: false });
    expect(page.status).toBe(400);
    expect(page.location).toBeUndefined();
    expect(page.text).toContain(code);
    expect(page.forms).toEqual([]);
  });

  it("AADSTS50011 also when the picker's form is tampered with", async () => {
    const page = await browser.get(authorizeUrl(tenant));
    const form = page.forms[0];
    if (form) form.fields.redirect_uri = "https://evil.example/";
    const answer = await browser.submit(form, { press: ADELE, follow: false });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("AADSTS50011");
  });
});

describe("an error at the redirect URI", () => {
  test.each<[string, string, Params]>([
    ["unsupported_response_type", "AADSTS700054", { response_type: "code id_token" }],
    ["unsupported_response_type", "AADSTS70005", { response_type: "token" }],
    ["invalid_request", "AADSTS900144", { response_type: undefined }],
    ["invalid_request", "AADSTS900144", { scope: undefined }],
    ["invalid_scope", "AADSTS70011", { scope: "openid User.Read;Mail.Read" }],
    ["invalid_scope", "AADSTS70011", { scope: "openid .default User.Read" }],
    ["invalid_scope", "AADSTS70011", { scope: "openid User.Read api://other/.default" }],
    ["invalid_request", "AADSTS90023", { prompt: "register" }],
    ["invalid_request", "AADSTS90023", { max_age: "soon" }],
    ["invalid_request", "AADSTS50147", { code_challenge_method: "plain" }],
    ["invalid_request", "AADSTS50147", { code_challenge_method: undefined }],
    ["invalid_request", "AADSTS501491", { code_challenge: "short" }],
    ["invalid_request", "AADSTS90100", { claims: "not json" }],
    ["invalid_request", "AADSTS90100", { claims: '{"id_token":[]}' }],
    ["login_required", "AADSTS50058", { prompt: "none" }],
  ])("%s %s for %o", async (error, code, params) => {
    const page = await browser.get(authorizeUrl(tenant, params));
    const [form] = page.forms;
    expect(form?.action).toBe(REDIRECT_URI);
    expect(form?.fields).toMatchObject({ error, state: "the-state" });
    expect(form?.fields.error_description).toContain(code);
    expect(form?.fields).not.toHaveProperty("code");
  });
});

describe("single sign-on", () => {
  it("needs the cookie, which only goes along because it is SameSite=None", async () => {
    const page = await browser.get(authorizeUrl(tenant));
    const answer = await browser.submit(page.forms[0], { press: ADELE });
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      /^ESTSAUTH=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=None$/,
    );
    const other = await createBrowser().get(authorizeUrl(tenant));
    expect(other.text).toContain("Pick an account");
  });

  it.each(["login", "select_account"])("asks again with prompt=%s", async (prompt) => {
    await signIn(tenant, ADELE, {}, browser);
    const page = await browser.get(authorizeUrl(tenant, { prompt }));
    expect(page.text).toContain("Pick an account");
    expect(page.forms[0]?.buttons[0]?.text).toContain("Signed in");
  });

  it("keeps the sid when the same account signs in again", async () => {
    const first = await signIn(tenant, ADELE, {}, browser);
    const again = await signIn(tenant, ADELE, { prompt: "login" }, browser);
    expect(again.idToken.sid).toBe(first.idToken.sid);
  });

  describe("with two accounts", () => {
    beforeEach(async () => {
      await signIn(tenant, ADELE, {}, browser);
      await signIn(tenant, ALEX, { prompt: "select_account" }, browser);
    });

    it("cannot tell with prompt=none", async () => {
      const page = await browser.get(authorizeUrl(tenant, { prompt: "none" }));
      expect(page.forms[0]?.fields).toMatchObject({
        error: "interaction_required",
        error_description: expect.stringContaining("AADSTS16000"),
      });
    });

    it.each(["UPN", "login_hint claim", "sid"])("takes the one meant by its %s", async (kind) => {
      const { idToken } = await signIn(tenant, ALEX, { login_hint: ALEX }, browser);
      const params: Params =
        kind === "sid"
          ? { sid: String(idToken.sid) }
          : { login_hint: kind === "UPN" ? ALEX.toUpperCase() : String(idToken.login_hint) };
      const page = await browser.get(authorizeUrl(tenant, params));
      expect(page.forms[0]?.fields.session_state).toBe(idToken.sid);
    });

    it("does not take one that is not signed in", async () => {
      const page = await browser.get(authorizeUrl(tenant, { login_hint: "meganb@contoso.com" }));
      expect(page.text).toContain("Pick an account");
      expect(page.forms[0]?.buttons[0]?.text).toContain("meganb");
    });
  });
});

describe("consent", () => {
  const scope = "openid profile offline_access User.Read Mail.Read";

  beforeEach(() => {
    firstApp(tenant).consentedScopes = ["User.Read"];
  });
  afterAll(() => {
    delete firstApp(tenant).consentedScopes;
  });

  async function consentPage(params: Params = {}) {
    const page = await browser.get(authorizeUrl(tenant, { scope, ...params }));
    return browser.submit(page.forms[0], { press: ADELE });
  }

  it("cannot be given by someone who is not signed in", async () => {
    const page = await consentPage();
    browser.cookies.clear();
    const answer = await browser.submit(page.forms[0], { press: "Accept" });
    expect(answer.text).toContain("Pick an account");
    expect(firstApp(tenant).consentedScopes).toEqual(["User.Read"]);
  });

  it("is required with prompt=none", async () => {
    await consentPage();
    const page = await browser.get(authorizeUrl(tenant, { scope, prompt: "none" }));
    expect(page.forms[0]?.fields).toMatchObject({
      error: "consent_required",
      error_description: expect.stringContaining("AADSTS65001"),
    });
  });
});

test("max_age asks again whoever authenticated longer ago, and auth_time says when that was", async () => {
  let now = Date.UTC(2027, 0, 15, 12);
  const own = await start({ now: () => now });
  const browser = createBrowser();
  const claims = JSON.stringify({ id_token: { auth_time: { essential: true } } });
  const authTime = async (params: Params) => {
    const form = await browser.signIn(authorizeUrl(own, params), ADELE);
    return decodeJwt((await redeem(own, form)).body.id_token ?? "").auth_time;
  };
  const first = now / 1_000;
  expect(await authTime({})).toBeUndefined();
  now += 600_000;
  expect(await authTime({ claims, max_age: "601" })).toBe(first);
  const silent = await browser.get(authorizeUrl(own, { max_age: "599", prompt: "none" }));
  expect(silent.forms[0]?.fields.error).toBe("login_required");
  expect(await authTime({ claims, max_age: "599" })).toBe(first + 600);
  await own.stop();
});
