import type { Azurite } from "../azurite/azurite.ts";
import type { GraphStandIn } from "../graph/graph.ts";
import type { OtherApp } from "../other-app/otherApp.ts";
import type { Tenant } from "../tenant/tenant.ts";
import { type Item, inBytes, timeOf } from "./item.ts";
import type { Journal } from "./journal.ts";
import { readRows } from "./table.ts";

/** What the page looks at. */
export interface Watched {
  azurite: Azurite;
  tenant: Tenant;
  graph: GraphStandIn;
  otherApp: OtherApp;
}

const SESSION_COOKIE = "__Host-lightsout";
/** The most lines of a list. The newest are shown. */
const SHOWN = 6;

/** What everybody holds now. @param cookies Names of the cookies that the browser of the page sends. */
export async function look(watched: Watched, journal: Journal, cookies: string[]) {
  const { tokens, index, tokenBytes } = await readRows(watched.azurite.connectionString);
  const lit = tokens.length > 0;
  const accounts = tokens.length === 1 ? "one account" : `${tokens.length} accounts`;
  return {
    lit,
    summary: lit
      ? `Lightsout holds tokens for ${accounts}: ${inBytes(tokenBytes)}, sealed.`
      : "Lightsout holds no tokens.",
    lists: {
      cookies: cookies.map((name) => ({ id: name, title: name, detail: meaning(name, lit) })),
      events: journal.items,
      calls: callItems(watched.graph),
      tokens,
      index: index.slice(0, SHOWN),
      otherApp: watched.otherApp.sessions.map(({ name, username }, i) => ({
        id: `${i} ${username}`,
        title: name,
        detail: username,
      })),
      tenant: signInItems(watched.tenant),
    },
  };
}

function meaning(cookie: string, lit: boolean): string {
  if (cookie.includes("signin")) return "A sign-in under way.";
  if (cookie !== SESSION_COOKIE)
    return "Sealed, for 15 minutes: tells sign-ins which session was here.";
  return lit
    ? "Sealed: says where the session is. There is no token in it."
    : "Leads nowhere: its session is gone.";
}

function callItems({ calls }: GraphStandIn): Item[] {
  const items = calls.map(({ method, path, oid, at }, i) => ({
    id: String(i),
    title: `${method} ${path}`,
    detail: oid === undefined ? "refused" : "with the user's token",
    time: timeOf(at),
  }));
  return items.slice(-SHOWN).reverse();
}

function signInItems({ sessions, apps }: Tenant): Item[] {
  const nameOf = (clientId: string) => apps.get(clientId)?.displayName;
  return sessions.flatMap(({ id, signIns }) =>
    signIns.map(({ user, apps: used }) => ({
      id: `${id.slice(0, 6)} ${user.username}`,
      title: user.name,
      detail: `In ${[...used.keys()].map(nameOf).join(" and ")}`,
    })),
  );
}
