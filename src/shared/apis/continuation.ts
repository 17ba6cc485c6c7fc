import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { type Permitted, pathOf } from "./permissions.ts";

/*
 * Links by which an API says where a list goes on. They lead back through this app, which has the token for them, and
 * carry a seal: whoever follows one needs no row of its own in the permission table, for its path and query are the
 * API's word. The seal holds the scopes it takes.
 */

/** What links are made with. */
export interface Links {
  /** This app's own. */
  readonly baseUrl: string;
  readonly api: Pick<DeclaredApi, "route" | "baseUrl" | "paging">;
  readonly keyring: Keyring;
  /** Nobody else can follow them. */
  readonly account: Pick<SignedInSession["account"], "homeAccountId" | "tenantId">;
}

const PURPOSE = "api link";
/** The query parameter of the seal. */
const SEAL = "lightsoutSeal";
/**
 * The string after such a name, as JSON spells it (OData JSON Format 4.01 §4.5.5, §4.5.6). Nested lists have names
 * like `attachments@odata.nextLink`.
 */
const ODATA_LINK = /(@(?:odata\.)?(?:nextLink|deltaLink)"\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*")/gi;
/** A string of JSON, with the one that follows as its value; or where an object or a list begins or ends. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(?:(\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*"))?|[{}[\]]/g;

/**
 * Makes every such link in a JSON text lead through this app. All else stays as it is to the byte: numbers
 * that JavaScript cannot hold too. A link to anywhere but the API stays: nobody follows it with a token.
 *
 * @param scopes What the call took that this is the answer to.
 */
export function withOwnLinks(
  body: Uint8Array,
  links: Links,
  scopes: readonly string[],
): Uint8Array {
  const { paging } = links.api;
  if (paging !== "nextLink" && paging !== "odata") return body;
  // One character for each byte, whatever they mean.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const own = (literal: string) => {
    const link = ownLink(parse(literal), links, scopes);
    return link === undefined ? literal : JSON.stringify(link);
  };
  let changed = text.replace(ODATA_LINK, (_, name: string, literal: string) => name + own(literal));
  if (paging === "nextLink") changed = withOwnNextLink(changed, own);
  return changed === text ? body : Buffer.from(changed, "latin1");
}

/** Only that of the whole answer counts: deeper down, such a name may be anybody's. */
function withOwnNextLink(text: string, own: (literal: string) => string): string {
  if (!text.includes('"nextLink"')) return text;
  let depth = 0;
  return text.replace(TOKEN, (all, name?: string, colon?: string, value?: string) => {
    if (all === "{" || all === "[") depth += 1;
    if (all === "}" || all === "]") depth -= 1;
    const isLink = depth === 1 && name === '"nextLink"' && value !== undefined;
    return isLink ? name + colon + own(value) : all;
  });
}

/**
 * Looks at a call as one that follows such a link.
 *
 * @param encodedPath The path below the API's route as it stood in the URL.
 * @returns undefined when it is none of this account's.
 */
export function continuedCall(
  encodedPath: string,
  query: URLSearchParams,
  { api, keyring, account }: Links,
): Permitted | undefined {
  const seal = query.get(SEAL);
  const path = pathOf(encodedPath);
  if (seal === null || path === undefined) return undefined;
  const without = new URLSearchParams([...query].filter(([name]) => name !== SEAL));
  const scopes = unsealText(keyring, PURPOSE, seal, rowOf(api, account, path, without));
  return scopes && { path, query: without, scopes: JSON.parse(Buffer.from(scopes).toString()) };
}

/** @returns undefined for a link to anywhere but the API. */
export function ownLink(
  link: string | undefined,
  { baseUrl, api, keyring, account }: Links,
  scopes: readonly string[],
): string | undefined {
  const base = new URL(`${api.baseUrl}/`);
  const url = link !== undefined && URL.canParse(link) ? new URL(link) : undefined;
  if (url === undefined || url.origin !== base.origin || url.username || url.password) {
    return undefined;
  }
  const { pathname } = url;
  if (!pathname.toLowerCase().startsWith(base.pathname.toLowerCase())) return undefined;
  const path = pathOf(pathname.slice(base.pathname.length));
  if (path === undefined) return undefined;
  const query = new URLSearchParams(url.search);
  const content = Buffer.from(JSON.stringify(scopes));
  query.set(SEAL, sealText(keyring, PURPOSE, content, rowOf(api, account, path, query)));
  return `${baseUrl}/${api.route}/${path}?${query}`;
}

/** What is said, not how it is spelled: a browser, a proxy and the host may each encode it in their own way. */
function rowOf(
  { route }: Links["api"],
  { homeAccountId, tenantId }: Links["account"],
  path: string,
  query: URLSearchParams,
): string {
  return JSON.stringify([route, homeAccountId, tenantId, path, ...query]);
}

/** @param literal A JSON string as Latin-1. */
function parse(literal: string): string | undefined {
  try {
    return JSON.parse(Buffer.from(literal, "latin1").toString());
  } catch {
    return undefined;
  }
}
