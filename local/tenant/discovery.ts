import { type Authority, issuerOf } from "./authority.ts";
import { json, type Reply } from "./http.ts";
import type { State } from "./state.ts";

const PUBLIC = { "Cache-Control": "max-age=86400, private", "Access-Control-Allow-Origin": "*" };

/** OpenID Connect Discovery. Pages are on the browsers' origin, and the endpoints for servers on 127.0.0.1. */
export function discovery(state: State, authority: Authority): Reply {
  const { name, tenantId } = authority;
  const browser = `${state.url}/${name}`;
  const server = `${state.internalUrl}/${name}`;
  const metadata = {
    token_endpoint: `${server}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: [
      "client_secret_post",
      "private_key_jwt",
      "client_secret_basic",
    ],
    jwks_uri: `${server}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code"],
    scopes_supported: ["openid", "profile", "email", "offline_access"],
    issuer: issuerOf(state, tenantId),
    request_uri_parameter_supported: false,
    userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
    authorization_endpoint: `${browser}/oauth2/v2.0/authorize`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    ...(state.switches.backchannelLogout && {
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    }),
    end_session_endpoint: `${state.switches.signOutOnOtherOrigin ? `${state.elsewhere.url}/${name}` : browser}/oauth2/v2.0/logout`,
    claims_supported: [
      "sub",
      "iss",
      "cloud_instance_name",
      "cloud_instance_host_name",
      "cloud_graph_host_name",
      "msgraph_host",
      "aud",
      "exp",
      "iat",
      "auth_time",
      "acr",
      "nonce",
      "preferred_username",
      "name",
      "tid",
      "ver",
      "at_hash",
      "c_hash",
      "email",
    ],
    tenant_region_scope: tenantId === undefined ? null : "WW",
    cloud_instance_name: "microsoftonline.com",
    cloud_graph_host_name: "graph.windows.net",
    msgraph_host: "graph.microsoft.com",
    rbac_url: "https://pas.windows.net",
  };
  return json(metadata, 200, PUBLIC);
}

export function keys(state: State, { tenantId }: Authority): Reply {
  return json(state.signingKey.keySet(issuerOf(state, tenantId)), 200, PUBLIC);
}
