import { CookieJar } from "./browserless/cookieJar.ts";
import type { Form, PageOrigin } from "./browserless/markup.ts";
import { type Outgoing, type Page, send } from "./browserless/send.ts";

export type { CookieJar } from "./browserless/cookieJar.ts";
export type { Form } from "./browserless/markup.ts";
export type { Page } from "./browserless/send.ts";

export interface Visit {
  /** The page whose link, form or script starts this. Default: the person typed the address. */
  from?: PageOrigin;
  /** Whether redirects are followed. Default true. */
  follow?: boolean;
  headers?: Record<string, string>;
}

/** A browser for HTTP tests: cookies with their SameSite rules, `Sec-Fetch-*`, `Origin`, redirects. */
export interface Browser {
  readonly cookies: CookieJar;
  /** Opens an address, relative to `from` if that is given. */
  get(url: string, visit?: Visit): Promise<Page>;
  /** What a script on a page of that origin gets. */
  fetch(url: string, visit?: Visit): Promise<Page>;
  /** Submits a form, pressing the button whose text contains `press`. */
  submit(form: Form | undefined, options?: Visit & { press?: string }): Promise<Page>;
  /**
   * Opens a page that leads to the dev tenant, picks the account, accepts what is asked for, and
   * resolves to the form that posts the authorization response back to the app. Not submitted yet.
   */
  signIn(url: string, username: string): Promise<Form>;
  /** Requests the page's frames. Third-party cookies are blocked unless `cookies` is true. */
  loadFrames(page: Page, options?: { cookies?: boolean }): Promise<Page[]>;
}

const BY_SCRIPT = { Accept: "*/*", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty" };
const MAX_REDIRECTS = 20;

/** @param options.fetchMetadata Whether it sends `Sec-Fetch-*`: Safari does since 16.4, of 2023. Default true. */
export function createBrowser({ fetchMetadata = true } = {}): Browser {
  const cookies = new CookieJar();

  async function visit(url: string, outgoing: Outgoing, follow = true): Promise<Page> {
    const page = await send(cookies, url, { ...outgoing, fetchMetadata });
    if (!follow || page.location === undefined) return page;
    const via = [...(outgoing.via ?? []), new URL(url)];
    if (via.length > MAX_REDIRECTS) throw new Error(`Too many redirects, the last from ${url}`);
    if (page.status >= 307) return visit(page.location, { ...outgoing, via });
    const { body: _, ...rest } = outgoing;
    return visit(page.location, { ...rest, method: "GET", via });
  }

  const browser: Browser = {
    cookies,
    get(url, { follow, ...options } = {}) {
      const address = new URL(url, options.from?.url).href;
      return visit(address, { ...options, method: "GET" }, follow);
    },
    fetch(url, visit = {}) {
      const headers = { ...BY_SCRIPT, ...visit.headers };
      return browser.get(url, { from: { url, noReferrer: true }, ...visit, headers });
    },
    async submit(form, { press, follow, ...options } = {}) {
      if (!form) throw new Error("There is no form to submit on this page.");
      const search = new URLSearchParams({ ...form.fields, ...pressed(form, press) }).toString();
      const outgoing = { ...options, method: form.method, from: form.page };
      if (form.method === "POST") {
        return visit(form.action, { ...outgoing, body: search }, follow);
      }
      const action = new URL(form.action);
      action.search = search;
      return visit(action.href, outgoing, follow);
    },
    async signIn(url, username) {
      let page = await browser.get(url);
      for (const press of [username, "Accept"]) {
        const form = page.forms.find(({ buttons }) => buttons.some((b) => b.text.includes(press)));
        if (form) page = await browser.submit(form, { press });
      }
      const [response] = page.forms;
      if (response && ("code" in response.fields || "error" in response.fields)) return response;
      const { status, url: at, text } = page;
      throw new Error(`No form_post for ${username} but ${status} of ${at}: "${text}"`);
    },
    loadFrames(page, { cookies = false } = {}) {
      const outgoing: Outgoing = { method: "GET", from: page, frame: { cookies } };
      return Promise.all(page.frames.map((url) => visit(url, outgoing)));
    },
  };
  return browser;
}

function pressed(form: Form, press: string | undefined): Record<string, string> {
  if (press === undefined) return {};
  const button = form.buttons.find(({ text }) => text.includes(press));
  if (!button) {
    const texts = form.buttons.map(({ text }) => `"${text}"`).join(", ");
    throw new Error(`The form has no button "${press}", only ${texts || "none"}.`);
  }
  return button.name ? { [button.name]: button.value } : {};
}
