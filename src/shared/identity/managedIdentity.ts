import { ManagedIdentityApplication } from "@azure/msal-node";

/** Gets a token for an Azure resource. MSAL keeps it until shortly before it expires. */
export type TokenSource = (
  resource: string,
) => Promise<{ readonly token: string; readonly expiresOnTimestamp: number }>;

/** @param clientId A user-assigned identity; the system-assigned one when undefined. */
export function managedIdentity(clientId: string | undefined): TokenSource {
  const application = new ManagedIdentityApplication(
    clientId === undefined ? {} : { managedIdentityIdParams: { userAssignedClientId: clientId } },
  );
  return async (resource) => {
    const { accessToken, expiresOn } = await application.acquireToken({ resource });
    return { token: accessToken, expiresOnTimestamp: expiresOn?.getTime() ?? 0 };
  };
}
