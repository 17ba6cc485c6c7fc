import { expect, it } from "@jest/globals";
import { isIssuerOf } from "../../src/shared/identity/issuer.ts";

const GUID = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
const OTHER = "00000000-0000-4000-8000-000000000000";
const GLOBAL = "https://login.microsoftonline.com";
const METADATA = ".well-known/openid-configuration";

/** As readSettings fills in what is not set. */
function client(tenant: string, authority = `${GLOBAL}/${tenant}`, metadataUrl?: string) {
  return { tenant, authority, metadataUrl: metadataUrl ?? `${authority}/v2.0/${METADATA}` };
}
const at = (host: string) => client(GUID, `https://${host}/${GUID}`);
const otherwise = (url: string, tenant = GUID, authority = GLOBAL) =>
  client(tenant, authority, url + METADATA);
/** An issuer. */
const by = (host: string, tenant = GUID) => `https://${host}/${tenant}/v2.0`;
const MANY = `${GLOBAL}/{tenantid}/v2.0`;
const ONE = `${GLOBAL}/${GUID}/v2.0`;
const EXTERNAL = by(`${GUID}.ciamlogin.com`);
const LOOPBACK = "http://127.0.0.1:1";

it.each([
  ["a tenant by its GUID", client(GUID), ONE],
  ["a tenant by its domain", client("contoso.com"), ONE],
  ["many tenants", client("organizations"), MANY],
  ["all accounts", client("common"), MANY],
  ["personal accounts", client("consumers"), `${GLOBAL}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`],
  ["a national cloud", at("login.microsoftonline.us"), by("login.microsoftonline.us")],
  ["China, by another host", at("login.chinacloudapi.cn"), by("login.partner.microsoftonline.cn")],
  ["External ID", at("contoso.ciamlogin.com"), EXTERNAL],
  ["External ID with a domain of its own", at("login.contoso.com"), EXTERNAL],
  [
    "External ID, its authority by the tenant's name",
    client(GUID, "https://contoso.ciamlogin.com/contoso.onmicrosoft.com"),
    EXTERNAL,
  ],
  ["a former host of the global cloud", at("login.windows.net"), ONE],
  [
    "the development tenant, which is on loopback and speaks for its authority",
    otherwise(`${LOOPBACK}/${GUID}/v2.0/`, GUID, `${GLOBAL}/${GUID}`),
    ONE,
  ],
  [
    "an emulator on loopback, for many tenants",
    otherwise(`${LOOPBACK}/common/v2.0/`, "common", `${GLOBAL}/common`),
    `${LOOPBACK}/{tenantid}/v2.0`,
  ],
  [
    "an issuer that ends in a slash",
    otherwise("https://id.example.com/a/", "tenant"),
    "https://id.example.com/a/",
  ],
  ["another provider", otherwise("https://id.example.com/", "tenant"), "https://id.example.com"],
])("%s", (_, of, issuer) => {
  expect(isIssuerOf(issuer, of)).toBe(true);
});

it.each([
  ["another tenant", client(GUID), `${GLOBAL}/${OTHER}/v2.0`],
  ["another cloud", client(GUID), by("login.microsoftonline.us")],
  ["many tenants, for one", client(GUID), MANY],
  ["one tenant, for many", client("common"), ONE],
  ["work accounts, for personal ones", client("consumers"), ONE],
  ["version 1", client(GUID), `https://sts.windows.net/${GUID}/`],
  ["no address", client(GUID), "issuer"],
  ["nothing", client(GUID), ""],
  ["a path that is none", client(GUID), `${GLOBAL}/%zz/v2.0`],
  ["a query", client(GUID), `${ONE}?x`],
  ["another host", client(GUID), by("evil.example")],
  ["http", client(GUID), ONE.replace("https", "http")],
  ["a host that begins alike", client(GUID), `${GLOBAL}.evil.example/${GUID}/v2.0`],
  ["External ID of another", at("contoso.ciamlogin.com"), by(`${OTHER}.ciamlogin.com`, OTHER)],
  ["External ID on another's host", at("contoso.ciamlogin.com"), by(`${OTHER}.ciamlogin.com`)],
  ["External ID for a national cloud", at("login.microsoftonline.us"), EXTERNAL],
  ["External ID for a workforce tenant", client(GUID), EXTERNAL],
  [
    "another provider's neighbour",
    otherwise("https://id.example.com/", "tenant"),
    "https://id.example.com/other",
  ],
])("not %s", (_, of, issuer) => {
  expect(isIssuerOf(issuer, of)).toBe(false);
});
