import { isGuid } from "../base/guid.ts";
import type { Settings } from "../config/settings.ts";
import type { Sid } from "../rows/keys.ts";
import type { MetadataSource } from "./metadata.ts";
import { isOwnIssuer } from "./ownIssuer.ts";
import { isUsableSid } from "./sid.ts";

/** Why a front-channel call can sign nobody out: a fixed word for the log. */
export type Ignored =
  | "no_sid"
  | "two_sids"
  | "escaped_sid"
  | "unusable_sid"
  | "two_issuers"
  | "foreign_issuer";

type Tenancy = Pick<Settings, "authority" | "tenant" | "allowedTenants">;

/** Whom a front-channel call signs out: two `sid`s if the query can be read in two ways. */
export type FrontChannelCall = { readonly sids: readonly Sid[] } | { readonly ignored: Ignored };

/**
 * Reads a front-channel logout request (OpenID Connect Front-Channel Logout 1.0 §3). Entra ID sends no `iss`. If one
 * comes, it has to be this provider's to the letter.
 *
 * @param search The query as it was sent, with its question mark.
 * @param metadata Fetched only on an instance that has just started, for an `iss` that is not the authority's.
 * @throws {ProviderUnavailable}
 */
export async function readFrontChannelCall(
  search: string,
  settings: Tenancy,
  metadata: MetadataSource,
): Promise<FrontChannelCall> {
  const query = new URLSearchParams(search);
  const [sid, ...moreSids] = query.getAll("sid");
  if (moreSids.length > 0) return { ignored: "two_sids" };
  if (!sid) return { ignored: query.has("amp;sid") ? "escaped_sid" : "no_sid" };
  if (!isUsableSid(sid)) return { ignored: "unusable_sid" };

  const [issuer, ...moreIssuers] = query.getAll("iss");
  if (moreIssuers.length > 0) return { ignored: "two_issuers" };
  if (issuer !== undefined && !(await isIssuer(issuer, settings, metadata))) {
    return { ignored: "foreign_issuer" };
  }
  return { sids: readings(search, sid) };
}

/**
 * An unencoded plus means a blank in a form's query, and itself by RFC 3986 §3.4. A call with one signs out both.
 */
function readings(search: string, sid: Sid): Sid[] {
  const [verbatim] = new URLSearchParams(search.replaceAll("+", "%2B")).getAll("sid");
  return isUsableSid(verbatim) && verbatim !== sid ? [sid, verbatim] : [sid];
}

async function isIssuer(
  issuer: string,
  { authority, tenant, allowedTenants }: Tenancy,
  metadata: MetadataSource,
): Promise<boolean> {
  const known = metadata.peek();
  if (known === undefined && isGuid(tenant) && issuer === `${authority}/v2.0`) return true;
  return isOwnIssuer(issuer, known ?? (await metadata.get()), allowedTenants);
}
