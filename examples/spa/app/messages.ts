import { call } from "./api.ts";
import { el, focusOn } from "./dom.ts";
import { guard } from "./guard.ts";
import type { Visit } from "./session.ts";

/** A page of a list, as Microsoft Graph answers. */
interface Page {
  value: Message[];
  "@odata.nextLink"?: string;
}

interface Message {
  subject: string;
  bodyPreview: string;
  receivedDateTime: string;
  from: { emailAddress: { name: string } };
}

const FIRST =
  "/graph/me/messages?$select=subject,from,receivedDateTime,bodyPreview&$orderby=receivedDateTime desc&$top=6";

/** The newest messages, and a button for more. */
export function messages(visit: Visit): HTMLElement {
  const list = el("ul", { className: "rows" });
  const foot = el("div");

  async function load(path: string): Promise<void> {
    const asked = foot.contains(document.activeElement);
    foot.replaceChildren(el("p", { className: "soft" }, "Loading your messages…"));
    await guard(visit, foot, async () => {
      const response = await call(path, { signal: visit.signal });
      const page = (await response.json()) as Page;
      const rows = page.value.map(row);
      list.append(...rows);
      foot.replaceChildren(...more(page["@odata.nextLink"]));
      if (asked && rows[0]) focusOn(rows[0]);
    });
  }

  /** Lightsout makes the link lead through this app. One that leads elsewhere is not followed. */
  function more(link: string | undefined): HTMLElement[] {
    const next = link === undefined ? undefined : new URL(link);
    if (next?.origin !== location.origin) return [];
    const onclick = () => void load(next.pathname + next.search);
    return [el("button", { className: "button quiet", onclick }, "Show more")];
  }

  void load(FIRST);
  return el("section", {}, el("h2", {}, "Messages"), list, foot);
}

function row({ subject, bodyPreview, receivedDateTime, from }: Message): HTMLElement {
  const day = new Date(receivedDateTime).toLocaleDateString(undefined, {
    day: "numeric",
    month: "short",
  });
  return el(
    "li",
    {},
    el("b", {}, subject),
    el("time", { dateTime: receivedDateTime }, day),
    el("span", {}, `${from.emailAddress.name}: ${bodyPreview}`),
  );
}
