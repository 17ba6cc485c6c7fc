import { expect, it } from "@jest/globals";
import { isIssuerOf } from "../../src/shared/identity/issuer.ts";

const GUID = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
const OTHER = "00000000-0000-4000-8000-000000000000";
const WELL_KNOWN = "v2.0/.well-known/openid-configuration";
const GLOBAL = "https://login.microsoftonline.com";

/** As readSettings fills in what is not set. */
function client(tenant: string, authority = `${GLOBAL}/${tenant}`, metadataUrl?: string) {
  const url = metadataUrl ?? `${authority}/v2.0/.well-known/openid-configuration`;
  return { tenant, authority, metadataUrl: url };
}

it.each([
  ["a tenant by its GUID", client(GUID), `${GLOBAL}/${GUID}/v2.0`],
  ["a tenant by its domain", client("contoso.com"), `${GLOBAL}/${GUID}/v2.0`],
  ["many tenants", client("organizations"), `${GLOBAL}/{tenantid}/v2.0`],
  ["all accounts", client("common"), `${GLOBAL}/{tenantid}/v2.0`],
  ["personal accounts", client("consumers"), `${GLOBAL}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`],
  [
    "a national cloud",
    client(GUID, `https://login.microsoftonline.us/${GUID}`),
    `https://login.microsoftonline.us/${GUID}/v2.0`,
  ],
  [
    "the cloud in China, by either of its hosts",
    client(GUID, `https://login.chinacloudapi.cn/${GUID}`),
    `https://login.partner.microsoftonline.cn/${GUID}/v2.0`,
  ],
  [
    "External ID",
    client(GUID, `https://contoso.ciamlogin.com/${GUID}`),
    `https://${GUID}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "External ID with a domain of its own",
    client(GUID, `https://login.contoso.com/${GUID}`),
    `https://${GUID}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "External ID, its authority by the tenant's name",
    client(GUID, "https://contoso.ciamlogin.com/contoso.onmicrosoft.com"),
    `https://${GUID}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "a former host of the global cloud",
    client(GUID, `https://login.windows.net/${GUID}`),
    `${GLOBAL}/${GUID}/v2.0`,
  ],
  [
    "the development tenant, which is on loopback and speaks for its authority",
    client(GUID, `${GLOBAL}/${GUID}`, `http://127.0.0.1:1/${GUID}/${WELL_KNOWN}`),
    `${GLOBAL}/${GUID}/v2.0`,
  ],
  [
    "an emulator on loopback, for many tenants",
    client("common", `${GLOBAL}/common`, `http://127.0.0.1:1/common/${WELL_KNOWN}`),
    "http://127.0.0.1:1/{tenantid}/v2.0",
  ],
  [
    "an issuer that ends in a slash",
    client("tenant", GLOBAL, "https://id.example.com/a/.well-known/openid-configuration"),
    "https://id.example.com/a/",
  ],
  [
    "another provider",
    client("tenant", GLOBAL, "https://id.example.com/.well-known/openid-configuration"),
    "https://id.example.com",
  ],
])("%s", (_, of, issuer) => {
  expect(isIssuerOf(issuer, of)).toBe(true);
});

it.each([
  ["another tenant", client(GUID), `${GLOBAL}/${OTHER}/v2.0`],
  ["another cloud", client(GUID), `https://login.microsoftonline.us/${GUID}/v2.0`],
  ["many tenants, for one", client(GUID), `${GLOBAL}/{tenantid}/v2.0`],
  ["one tenant, for many", client("common"), `${GLOBAL}/${GUID}/v2.0`],
  ["work accounts, for personal ones", client("consumers"), `${GLOBAL}/${GUID}/v2.0`],
  ["version 1", client(GUID), `https://sts.windows.net/${GUID}/`],
  ["no address", client(GUID), "issuer"],
  ["nothing", client(GUID), ""],
  ["a path that is none", client(GUID), `${GLOBAL}/%zz/v2.0`],
  ["a query", client(GUID), `${GLOBAL}/${GUID}/v2.0?x`],
  ["another host", client(GUID), `https://evil.example/${GUID}/v2.0`],
  ["http", client(GUID), `http://login.microsoftonline.com/${GUID}/v2.0`],
  ["a host that begins alike", client(GUID), `${GLOBAL}.evil.example/${GUID}/v2.0`],
  [
    "External ID of another tenant",
    client(GUID, `https://contoso.ciamlogin.com/${GUID}`),
    `https://${OTHER}.ciamlogin.com/${OTHER}/v2.0`,
  ],
  [
    "External ID on another tenant's host",
    client(GUID, `https://contoso.ciamlogin.com/${GUID}`),
    `https://${OTHER}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "External ID for a national cloud",
    client(GUID, `https://login.microsoftonline.us/${GUID}`),
    `https://${GUID}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "External ID for a workforce tenant",
    client(GUID),
    `https://${GUID}.ciamlogin.com/${GUID}/v2.0`,
  ],
  [
    "another provider's neighbour",
    client("tenant", GLOBAL, "https://id.example.com/.well-known/openid-configuration"),
    "https://id.example.com/other",
  ],
])("not %s", (_, of, issuer) => {
  expect(isIssuerOf(issuer, of)).toBe(false);
});
