import type { Settings } from "../../src/shared/config/settings.ts";
import { type AzureSignIn, azureSignIn } from "../register-app/azureCli.ts";
import type { StoredApplication } from "../register-app/changes.ts";
import { createGraph, type Graph } from "../register-app/graph.ts";

/** The app registration, as Microsoft Graph knows it. */
export interface Registration extends StoredApplication {
  readonly passwordCredentials: readonly PasswordCredential[] | null;
}

interface PasswordCredential {
  /** The first three characters of the secret. */
  readonly hint: string | null;
  readonly endDateTime: string;
}

/** The tenant has no registration with this client id. */
export class RegistrationMissing extends Error {}

export interface Directory {
  readonly registration: Registration;
  readonly graph: Graph;
  readonly tenantId: string;
}

const FIELDS =
  "id,appId,displayName,signInAudience,web,optionalClaims,requiredResourceAccess,passwordCredentials";
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the registration as the user of the Azure CLI.
 * @throws {RegistrationMissing} @throws Error One line that says why it cannot be read.
 */
export async function readRegistration(
  { clientId, tenant }: Pick<Settings, "clientId" | "tenant">,
  graphBaseUrl: string,
  signIn: () => Promise<AzureSignIn> = azureSignIn,
): Promise<Directory> {
  const { token, tenantId } = await signIn();
  if (GUID.test(tenant) && tenantId !== tenant) {
    throw new Error(
      `The Azure CLI is signed in to another tenant. Run az login --tenant ${tenant} --allow-no-subscriptions`,
    );
  }
  const graph = createGraph({ baseUrl: graphBaseUrl, token });
  const path = `/applications(appId='${clientId}')?$select=${FIELDS}`;
  const registration = await graph.get<Registration>(path);
  if (!registration) {
    throw new RegistrationMissing(
      `The tenant ${tenantId} has no registration with the client id ${clientId}.`,
    );
  }
  return { registration, graph, tenantId };
}
