import { el } from "./dom.ts";
import { pages } from "./pages.ts";
import type { Visit } from "./session.ts";

interface Order {
  id: number;
  name: string;
}

/** From an API that is not Microsoft Graph: `functions.ts` declares it as `shop`. */
export function orders(visit: Visit): HTMLElement {
  return pages(visit, {
    title: "Orders",
    first: "/shop/orders",
    more: "More orders",
    async read(response) {
      const found = (await response.json()) as Order[];
      return {
        rows: found.map(({ id, name }) => el("li", {}, el("b", {}, name), `No. ${id}`)),
        next: nextIn(response.headers.get("link") ?? ""),
      };
    },
  });
}

/** The address of the next page in the header `Link` (RFC 8288). */
function nextIn(header: string): string | undefined {
  return /<([^>]*)>; *rel="?next"?/.exec(header)?.[1];
}
