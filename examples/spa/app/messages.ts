import { el } from "./dom.ts";
import { pages } from "./pages.ts";
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

/** The newest messages. */
export function messages(visit: Visit): HTMLElement {
  return pages(visit, {
    title: "Messages",
    first: FIRST,
    more: "Show more",
    async read(response) {
      const page = (await response.json()) as Page;
      return { rows: page.value.map(row), next: page["@odata.nextLink"] };
    },
  });
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
