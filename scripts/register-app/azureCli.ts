import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Cloud, cloudOf } from "../../src/shared/config/cloud.ts";

const run = promisify(execFile);

export interface AzureSignIn {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly tenantId: string;
}

/** The resource of a token: its name for people, and the Azure CLI's arguments. */
interface AzureResource {
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

/** The lifetime of a token from an older Azure CLI, which gives local times only. Every token lives longer. Milliseconds. */
const SHORTEST = 5 * 60_000;

/** @throws Error The Azure CLI is not there, or nobody is signed in with it. */
export async function azureSignIn(resource = MICROSOFT_GRAPH): Promise<AzureSignIn> {
  const command = ["account", "get-access-token", ...resource.args];
  const {
    accessToken,
    tenant,
    expires_on: seconds,
  } = await az<TokenAnswer>(
    command,
    `The Azure CLI has no token for ${resource.name}. Run az login, then try again.`,
  );
  const expiresAt = seconds ? Number(seconds) * 1_000 : Date.now() + SHORTEST;
  return { token: accessToken, expiresAt, tenantId: tenant };
}

interface TokenAnswer {
  readonly accessToken: string;
  readonly tenant: string;
  /** Seconds since 1970. */
  readonly expires_on?: number | string;
}

/** The cloud that the Azure CLI works in (`az cloud set`). @throws Error It does not say. */
export async function azureCloud(): Promise<Cloud> {
  const command = ["cloud", "show", "--query", "endpoints.activeDirectory"];
  return cloudOf(await az<string>(command, "The Azure CLI does not say which cloud it works in."));
}

async function az<T>(command: readonly string[], failure: string): Promise<T> {
  // On Windows it is az.cmd, which only a shell finds.
  const options = { shell: process.platform === "win32" };
  const { stdout } = await run("az", [...command, "--output", "json"], options).catch((cause) => {
    throw new Error(
      cause.code === "ENOENT"
        ? "The Azure CLI (az) is not installed: https://aka.ms/azure-cli"
        : `${failure} It says: ${String(cause.stderr).trim()}`,
      { cause },
    );
  });
  return JSON.parse(stdout) as T;
}
