import type { Settings } from "../config/settings.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SignedInSession } from "../session/session.ts";
import { type Permitted, pathOf } from "./permissions.ts";

/*
 * Links by which Graph says where a list goes on (OData JSON Format 4.01 §4.5.5, §4.5.6). They lead back through
 * this app, which has the token for them, and carry a seal: whoever follows one needs no row of its own in
 * the permission table, for its path and query are Graph's word. The seal holds the scopes it takes.
 */

/** What links are made with. */
export interface Links {
  readonly settings: Pick<Settings, "baseUrl" | "graphBaseUrl">;
  readonly keyring: Keyring;
  /** Nobody else can follow them. */
  readonly account: SignedInSession["account"];
}

const PURPOSE = "graph link";
/** The query parameter of the seal. */
const SEAL = "lightsoutSeal";
/** The string after such a name, as JSON spells it. Nested lists have names like `attachments@odata.nextLink`. */
const LINK = /(@(?:odata\.)?(?:nextLink|deltaLink)"\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*")/gi;

/**
 * Makes every such link in a JSON text lead through this app. All else stays as it is to the byte: numbers
 * that JavaScript cannot hold too. A link to anywhere but Graph stays: nobody follows it with a token.
 *
 * @param scopes What the call took that this is the answer to.
 */
export function withOwnLinks(
  body: Uint8Array,
  links: Links,
  scopes: readonly string[],
): Uint8Array {
  // One character for each byte, whatever they mean.
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  let isChanged = false;
  const changed = text.replace(LINK, (all, name: string, literal: string) => {
    const own = ownLink(parse(literal), links, scopes);
    if (own === undefined) return all;
    isChanged = true;
    return name + JSON.stringify(own);
  });
  return isChanged ? Buffer.from(changed, "latin1") : body;
}

/**
 * Looks at a call as one that follows such a link.
 *
 * @param encodedPath The path below `/graph/` as it stood in the URL.
 * @returns undefined when it is none of this account's.
 */
export function continuedCall(
  encodedPath: string,
  query: URLSearchParams,
  { keyring, account }: Links,
): Permitted | undefined {
  const seal = query.get(SEAL);
  const path = pathOf(encodedPath);
  if (seal === null || path === undefined) return undefined;
  const without = new URLSearchParams([...query].filter(([name]) => name !== SEAL));
  const scopes = unsealText(keyring, PURPOSE, seal, rowOf(account, path, without));
  return scopes && { path, query: without, scopes: JSON.parse(Buffer.from(scopes).toString()) };
}

function ownLink(
  link: string | undefined,
  { settings, keyring, account }: Links,
  scopes: readonly string[],
): string | undefined {
  const base = new URL(`${settings.graphBaseUrl}/`);
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
  query.set(SEAL, sealText(keyring, PURPOSE, content, rowOf(account, path, query)));
  return `${settings.baseUrl}/graph/${path}?${query}`;
}

/** What is said, not how it is spelled: a browser, a proxy and the host may each encode it in their own way. */
function rowOf(account: Links["account"], path: string, query: URLSearchParams): string {
  return JSON.stringify([account.homeAccountId, account.tenantId, path, ...query]);
}

/** @param literal A JSON string as Latin-1. */
function parse(literal: string): string | undefined {
  try {
    return JSON.parse(Buffer.from(literal, "latin1").toString());
  } catch {
    return undefined;
  }
}
