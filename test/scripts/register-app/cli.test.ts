import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { root } from "../../infra/project.ts";
import { type Directory, startDirectory, TOKEN } from "./directory.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";

let directory: Directory;
let folder: string;

beforeAll(async () => {
  directory = await startDirectory();
  folder = await mkdtemp(join(tmpdir(), "lightsout-"));
});

afterAll(async () => {
  await directory.close();
  await rm(folder, { recursive: true });
});

/** Puts a command `az` into a folder that is alone on the PATH. */
async function installAzureCli(script: string): Promise<void> {
  await writeFile(join(folder, "az"), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, "az"), 0o755);
}

async function run(...args: string[]) {
  const PATH = [folder, dirname(process.execPath), "/bin", "/usr/bin"].join(delimiter);
  const env = { PATH, GRAPH_BASE_URL: directory.url };
  const file = join(root, "scripts/register-app.ts");
  return await promisify(execFile)(process.execPath, [file, ...args], { env }).catch(
    (error) => error,
  );
}

it("takes the Azure CLI's token and prints the settings alone on its output", async () => {
  await installAzureCli(answering("https://login.microsoftonline.com"));
  const { stdout, stderr } = await run("--base-url", "https://app.example.com");
  expect(stderr).toMatch(/^Making the registration/);
  expect(JSON.parse(stdout)).toEqual({
    APP_BASE_URL: "https://app.example.com",
    ENTRA_CLIENT_ID: directory.applications[0]?.appId,
    ENTRA_TENANT_ID: TENANT,
  });
});

it("works in the cloud that the Azure CLI works in", async () => {
  await installAzureCli(answering("https://login.microsoftonline.us"));
  const { stdout } = await run("--base-url", "https://app.example.us");
  expect(JSON.parse(stdout)).toMatchObject({
    ENTRA_AUTHORITY: `https://login.microsoftonline.us/${TENANT}`,
  });
});

/** @param authority As `az cloud show` gives it. */
function answering(authority: string): string {
  const token = JSON.stringify({ accessToken: TOKEN, tenant: TENANT });
  return `case "$*" in
    "cloud show --query endpoints.activeDirectory --output json") echo '"${authority}"' ;;
    "account get-access-token --resource-type ms-graph --output json") echo '${token}' ;;
    *) exit 1 ;;
  esac`;
}

it("says what the Azure CLI says when nobody is signed in", async () => {
  await installAzureCli(
    '[ "$1" = cloud ] && echo \'"https://login.microsoftonline.com"\' && exit 0; echo "Please run az login to setup account." >&2; exit 1',
  );
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toBe(
    "The Azure CLI has no token for Microsoft Graph. Run az login, then try again. It says: Please run az login to setup account.\n",
  );
});

it("prints its usage without signing in", async () => {
  await installAzureCli("exit 1");
  expect((await run("--help")).stdout).toContain("npm run register-app -- [options]");
});
