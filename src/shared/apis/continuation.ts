import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { type Permitted, pathOf } from "./permissions.ts";

/*
 * Links of an API to the next page of a list. They lead back through this app, which has the token, and carry a seal. A
 * sealed link needs no row in the permission table, because its path and query came from the API. The seal holds the scopes.
 */

/** What links are made with. */
export interface Links {
  /** This app's own. */
  readonly baseUrl: string;
  readonly api: Pick<DeclaredApi, "route" | "baseUrl" | "paging">;
  readonly keyring: Keyring;
  /** Only this account can follow them. */
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
/**
 * A string of JSON, with the one that follows as its value; or where an object or a list begins or ends. A string that breaks
 * off is one too: else it would be searched again from each of its quotes.
 */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*"?)(?:(\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*"?))?|[{}[\]]/g;

/** Whether the API's JSON may have such links. */
export function hasLinks({ api }: Links): boolean {
  return api.paging === "nextLink" || api.paging === "odata";
}

/**
 * Makes every such link in a JSON text lead through this app. The rest stays the same to the byte, also numbers that
 * JavaScript cannot hold. A link to anywhere but the API stays, because nobody follows it with a token.
 *
 * @param scopes The scopes of the call.
 */
export function withOwnLinks(
  body: Uint8Array,
  links: Links,
  scopes: readonly string[],
): Uint8Array {
  const { paging } = links.api;
  // Latin-1: one character for each byte.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const own = (literal: string) => {
    const link = ownLink(parse(literal), links, scopes);
    return link === undefined ? literal : JSON.stringify(link);
  };
  let changed = text.replace(ODATA_LINK, (_, name: string, literal: string) => name + own(literal));
  if (paging === "nextLink") changed = withOwnNextLink(changed, own);
  return changed === text ? body : Buffer.from(changed, "latin1");
}

/** Only a link at the top of the answer counts. Deeper down, data may have such a name. */
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
 * Reads a call that follows such a link.
 *
 * @param encodedPath The path below the API's route as it stood in the URL. @param search What followed it.
 * @returns undefined when it is none of this account's.
 */
export function continuedCall(
  encodedPath: string,
  search: string,
  { api, keyring, account }: Links,
): Permitted | undefined {
  const seal = new URLSearchParams(search).get(SEAL);
  const path = pathOf(encodedPath);
  if (seal === null || path === undefined) return undefined;
  const query = withoutSeal(search);
  const scopes = unsealText(keyring, PURPOSE, seal, rowOf(api, account, path, query));
  return scopes && { path, query, scopes: JSON.parse(scopes.toString()) };
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
  const query = withoutSeal(url.search);
  const content = Buffer.from(JSON.stringify(scopes));
  const seal = sealText(keyring, PURPOSE, content, rowOf(api, account, path, query));
  return `${baseUrl}/${api.route}/${path}?${query && `${query}&`}${SEAL}=${seal}`;
}

/** To the letter: how a cursor is spelled is the API's affair. */
function withoutSeal(search: string): string {
  const parts = search.slice(1).split("&");
  return parts.filter((part) => !part.startsWith(`${SEAL}=`)).join("&");
}

/** Compares meaning, not spelling: browser, proxy and host may each encode a path in their own way. */
function rowOf(
  { route }: Links["api"],
  { homeAccountId, tenantId }: Links["account"],
  path: string,
  query: string,
): string {
  const parameters = [...new URLSearchParams(query)];
  return JSON.stringify([route, homeAccountId, tenantId, path, ...parameters]);
}

/** @param literal A JSON string as Latin-1. */
function parse(literal: string): string | undefined {
  try {
    return JSON.parse(Buffer.from(literal, "latin1").toString());
  } catch {
    return undefined;
  }
}
