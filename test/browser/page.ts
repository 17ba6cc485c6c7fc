import { eventually } from "../support/eventually.ts";

/** A browser with a profile of its own, from which nothing reaches any host but this machine's. */
export interface Browser {
  newPage(): Promise<Page>;
  /** Ends it and deletes its profile. */
  close(): Promise<void>;
}

/** What a driver has to do in one tab. It need not wait until anything has loaded. */
export interface Tab {
  open(url: string): Promise<void>;
  /** @returns the JSON value of a JavaScript expression in the page */
  evaluate(expression: string): Promise<unknown>;
  /** Clicks as a user does. @returns whether anything is there */
  click(xpath: string): Promise<boolean>;
  back(): Promise<void>;
  reload(): Promise<void>;
  /** The cookies that the page's own address is sent. */
  cookies(): Promise<readonly { name: string; value: string }[]>;
}

/** A tab as its user sees it: what is to be seen is waited for. */
export class Page {
  readonly #tab: Tab;

  constructor(tab: Tab) {
    this.#tab = tab;
  }

  open(url: string): Promise<void> {
    return this.#leave(() => this.#tab.open(url));
  }

  reload(): Promise<void> {
    return this.#leave(() => this.#tab.reload());
  }

  back(): Promise<void> {
    return this.#leave(() => this.#tab.back());
  }

  /** Clicks the link or button whose text has `name` in it. */
  async click(name: string): Promise<void> {
    const xpath = `//*[self::a or self::button][contains(normalize-space(), "${name}")]`;
    await eventually(() => this.#tab.click(xpath));
  }

  /** Waits until the page shows `text`. */
  async see(text: string): Promise<void> {
    const shows = async () => (await this.text()).includes(text);
    await eventually(shows).catch(async () => {
      throw new Error(`"${text}" is not on ${await this.url()}: ${await this.text()}`);
    });
  }

  /** The `Cookie` header that the page's own address is sent. */
  async cookie(): Promise<string> {
    const cookies = await this.#tab.cookies();
    return cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  async text(): Promise<string> {
    return String((await this.read("document.documentElement.innerText")) ?? "");
  }

  async url(): Promise<string> {
    return String(await this.read("location.href"));
  }

  /** Waits until the document that was there is gone and another one has loaded. */
  async #leave(navigate: () => Promise<void>): Promise<void> {
    await this.#tab.evaluate("void (window.wasLeft = true)");
    await navigate();
    const arrived = "!window.wasLeft && document.readyState === 'complete'";
    await eventually(async () => (await this.read(arrived)) === true);
  }

  /** Undefined where a navigation takes the page away while it is read. */
  read(expression: string): Promise<unknown> {
    return this.#tab.evaluate(expression).catch(() => undefined);
  }
}
