import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface AzureSignIn {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly tenantId: string;
}

/** What a token is for: a name for people, and how the Azure CLI is asked for it. */
export interface AzureResource {
  readonly name: string;
  readonly args: readonly string[];
}

export const MICROSOFT_GRAPH: AzureResource = {
  name: "Microsoft Graph",
  args: ["--resource-type", "ms-graph"],
};

export const TABLE_STORAGE: AzureResource = {
  name: "Table Storage",
  args: ["--resource", "https://storage.azure.com"],
};

/** An older Azure CLI gives the end of a token in local time only; every token lives longer than this. Milliseconds. */
const SHORTEST = 5 * 60_000;

/** @throws Error The Azure CLI is not there, or nobody is signed in with it. */
export async function azureSignIn(resource = MICROSOFT_GRAPH): Promise<AzureSignIn> {
  const command = ["account", "get-access-token", ...resource.args, "--output", "json"];
  // On Windows it is az.cmd, which only a shell finds.
  const { stdout } = await run("az", command, { shell: process.platform === "win32" }).catch(
    (cause) => {
      throw new Error(
        cause.code === "ENOENT"
          ? "The Azure CLI (az) is not installed: https://aka.ms/azure-cli"
          : `The Azure CLI has no token for ${resource.name}. Run az login, then try again. It says: ${String(cause.stderr).trim()}`,
        { cause },
      );
    },
  );
  const { accessToken, tenant, expires_on: seconds } = JSON.parse(stdout);
  const expiresAt = seconds ? Number(seconds) * 1_000 : Date.now() + SHORTEST;
  return { token: accessToken, expiresAt, tenantId: tenant };
}
