import { call } from "./api.ts";
import { el, focusOn } from "./dom.ts";
import { guard } from "./guard.ts";
import type { Visit } from "./session.ts";

/** What a list is made of. */
interface List {
  title: string;
  /** The address of its first page. */
  first: string;
  /** What its button says. */
  more: string;
  read(response: Response): Promise<Page>;
}

/** One page: its rows, and the address of the next one. */
interface Page {
  rows: HTMLElement[];
  next: string | undefined;
}

/** A list that comes in pages, and a button for more. */
export function pages(visit: Visit, { title, first, more, read }: List): HTMLElement {
  const list = el("ul", { className: "rows" });
  const foot = el("div");

  async function load(path: string): Promise<void> {
    const asked = foot.contains(document.activeElement);
    foot.replaceChildren(el("p", { className: "soft" }, `Loading your ${title.toLowerCase()}…`));
    await guard(visit, foot, async () => {
      const { rows, next } = await read(await call(path, { signal: visit.signal }));
      list.append(...rows);
      foot.replaceChildren(...button(next));
      if (asked && rows[0]) focusOn(rows[0]);
    });
  }

  /** Lightsout makes the link lead through this app. One that leads elsewhere is not followed. */
  function button(link: string | undefined): HTMLElement[] {
    const next = link === undefined ? undefined : new URL(link, location.href);
    if (next?.origin !== location.origin) return [];
    const onclick = () => void load(next.pathname + next.search);
    return [el("button", { className: "button quiet", onclick }, more)];
  }

  void load(first);
  return el("section", {}, el("h2", {}, title), list, foot);
}
