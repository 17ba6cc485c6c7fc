import { expect, it } from "@jest/globals";
import { shared } from "../../support/shared.ts";
import { azureCli, runScript } from "../runScript.ts";
import { startDirectory, TOKEN } from "./directory.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";

const directory = shared(startDirectory);
const az = shared(azureCli);

const run = (...args: string[]) =>
  runScript(["register-app", ...args], { PATH: az.PATH, GRAPH_BASE_URL: directory.url });

it("takes the Azure CLI's token and prints the settings alone on its output", async () => {
  await az.become(answering("https://login.microsoftonline.com"));
  const { stdout, stderr } = await run("--base-url", "https://app.example.com");
  expect(stderr).toMatch(/^Making the registration/);
  expect(JSON.parse(stdout)).toEqual({
    APP_BASE_URL: "https://app.example.com",
    ENTRA_CLIENT_ID: directory.applications[0]?.appId,
    ENTRA_TENANT_ID: TENANT,
  });
});

it("works in the cloud that the Azure CLI works in", async () => {
  await az.become(answering("https://login.microsoftonline.us"));
  const { stdout } = await run("--base-url", "https://app.example.us");
  expect(JSON.parse(stdout)).toMatchObject({
    ENTRA_AUTHORITY: `https://login.microsoftonline.us/${TENANT}`,
  });
});

it("says that it takes User.Read alone where the app names no permissions", async () => {
  await az.become(answering("https://login.microsoftonline.com"));
  const env = { PATH: az.PATH, GRAPH_BASE_URL: directory.url };
  const { stderr } = await runScript("register-app --dry-run", env, az.folder);
  expect(stderr).toContain(
    "Permissions of Microsoft Graph: User.Read: the app has no infra/graph-permissions.json\n",
  );
  expect(stderr).not.toContain("Mail.Read");
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
  await az.become(
    '[ "$1" = cloud ] && echo \'"https://login.microsoftonline.com"\' && exit 0; echo "Please run az login to setup account." >&2; exit 1',
  );
  const { code, stderr } = await run();
  expect(code).toBe(1);
  expect(stderr).toBe(
    "The Azure CLI has no token for Microsoft Graph. Run az login, then try again. It says: Please run az login to setup account.\n",
  );
});

it("prints its usage without signing in", async () => {
  await az.become("exit 1");
  expect((await run("--help")).stdout).toContain("lightsout register-app [options]");
});
