import { verifyAssertion } from "./assertion.ts";
import { type Authority, findApp } from "./authority.ts";
import type { AppRegistration } from "./directory.ts";
import { EntraError, required } from "./errors.ts";
import type { TenantRequest } from "./http.ts";
import type { State } from "./state.ts";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/**
 * Client authentication by secret, certificate or federated credential (RFC 6749 2.3, RFC 7523).
 *
 * @throws EntraError invalid_client
 */
export async function authenticateClient(
  state: State,
  authority: Authority,
  { params, headers }: TenantRequest,
): Promise<AppRegistration> {
  const basic = parseBasic(headers.authorization);
  const app = findApp(state, authority, basic?.clientId ?? required(params, "client_id"));
  const secret = basic?.secret ?? params.client_secret;
  const assertion = params.client_assertion;
  if (assertion !== undefined && params.client_assertion_type === JWT_BEARER) {
    await verifyAssertion(state, authority, app, assertion);
  } else if (secret === undefined) {
    throw new EntraError(
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  } else if (!app.clientSecrets?.includes(secret)) {
    throw new EntraError(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app.clientId}'.`,
    );
  }
  return app;
}

function parseBasic(header: string | undefined) {
  const [, encoded] = /^Basic (.+)$/i.exec(header ?? "") ?? [];
  if (encoded === undefined) return undefined;
  const [clientId = "", ...rest] = Buffer.from(encoded, "base64").toString().split(":");
  return { clientId: formDecode(clientId), secret: formDecode(rest.join(":")) };
}

function formDecode(value: string): string {
  return new URLSearchParams(`value=${value}`).get("value") ?? "";
}
