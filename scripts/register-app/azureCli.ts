import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface AzureSignIn {
  /** For Microsoft Graph. */
  readonly token: string;
  readonly tenantId: string;
}

const COMMAND = ["account", "get-access-token", "--resource-type", "ms-graph", "--output", "json"];

/** @throws Error The Azure CLI is not there, or nobody is signed in with it. */
export async function azureSignIn(): Promise<AzureSignIn> {
  // On Windows it is az.cmd, which only a shell finds.
  const { stdout } = await run("az", COMMAND, { shell: process.platform === "win32" }).catch(
    (cause) => {
      throw new Error(
        cause.code === "ENOENT"
          ? "The Azure CLI (az) is not installed: https://aka.ms/azure-cli"
          : `The Azure CLI has no token for Microsoft Graph. Run az login, then try again. It says: ${String(cause.stderr).trim()}`,
        { cause },
      );
    },
  );
  const { accessToken, tenant } = JSON.parse(stdout);
  return { token: accessToken, tenantId: tenant };
}
