import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { startAzurite } from "../../../local/azurite/azurite.ts";
import { startRig } from "../../../local/rig.ts";
import { accountPartition, type HomeAccountId } from "../../../src/shared/rows/keys.ts";
import { shared } from "../../support/shared.ts";
import { openTable, readAccountRows, readTable, restoreTable } from "../../support/table.ts";
import { startTableProxy } from "../../support/tableProxy.ts";
import { ADELE, ALEX, homeAccountIdOf, sessionOf, signedInBrowser } from "../../support/user.ts";
import { azureCli, runScript } from "../runScript.ts";
import { startSecureLoopback } from "../secureLoopback.ts";

const rig = shared(() => startRig());
afterEach(() => restoreTable(rig.azurite, []));

/** `lightsout accounts`, with the app's settings. */
const accounts = (args: string, env: Record<string, string> = {}) =>
  runScript(`accounts ${args}`, { ...rig.env, ...env });

const DESCRIBED = {
  device: expect.any(String),
  signedInAt: expect.any(String),
  expiresAt: expect.any(String),
  bound: false,
  sealedBytes: expect.any(Number),
};

describe("while two users are signed in", () => {
  it("lists them, without their names", async () => {
    await signedInBrowser(rig);
    await signedInBrowser(rig);
    await signedInBrowser(rig, ALEX);
    const { code, stdout, stderr } = await accounts("list");
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const [table, head, ...lines] = stdout.split("\n");
    expect(table).toBe(`Table lightsout in ${rig.azurite.tableUrl}`);
    expect(head).toMatch(/^ACCOUNT +SESSIONS +SIZE +CREATED +ENDS$/);
    const adele = lines.find((line) => line.startsWith(partitionOf(ADELE)));
    expect(adele).toMatch(/^a\.[\w-]{43} +2 +\d+\.\d kB +a moment ago +in 11 h$/);
    expect(lines.find((line) => line.startsWith(partitionOf(ALEX)))).toMatch(/ 1 +\d+\.\d kB /);
    expect(stdout).toMatch(/\n2 accounts hold tokens, \d+\.\d kB\.\n$/);
    expect(stdout).not.toMatch(/adele|alex|contoso|eyJ/i);

    const { stdout: json } = await accounts("list --json");
    expect(JSON.parse(json)).toContainEqual({
      account: partitionOf(ADELE),
      readable: true,
      sealedBytes: expect.any(Number),
      createdAt: expect.any(String),
      expiresAt: expect.any(String),
      sessions: [DESCRIBED, DESCRIBED],
    });
  });

  it("counts without keys what it cannot open", async () => {
    await signedInBrowser(rig);
    const { code, stdout } = await accounts("list", { TOKEN_CACHE_KEYS: "" });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^a\.[\w-]{43} +\? +\d+\.\d kB /m);
    expect(stdout).toContain("Without TOKEN_CACHE_KEYS");
  });

  it("shows one, and signs it out for good", async () => {
    const browser = await signedInBrowser(rig);
    const colleague = await signedInBrowser(rig, ALEX);
    const id = homeAccountIdOf(rig);
    expect((await accounts(`show ${id}`)).stdout).toMatch(
      /sessions +.+: signed in 2\S+Z \(a moment/,
    );

    const { code, stdout, stderr } = await accounts(`signout ${partitionOf(ADELE)}`);
    expect(code).toBe(0);
    expect(stdout).toBe(`${table()}The tokens of 1 account and all its sessions are gone.\n`);
    expect(JSON.parse(stderr)).toEqual({
      event: "signout.operator",
      account: partitionOf(ADELE),
      found: true,
      ms: expect.any(Number),
    });
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, colleague)).toMatchObject({ signedIn: true });
    expect(JSON.parse((await accounts(`show ${id} --json`)).stdout)).toEqual({
      account: partitionOf(ADELE),
      held: false,
    });
  });

  it("signs everybody out", async () => {
    const browsers = [await signedInBrowser(rig), await signedInBrowser(rig, ALEX)];
    const { stdout } = await accounts("signout --all --json");
    expect(JSON.parse(stdout)).toEqual({ signedOut: 2, left: [] });
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    for (const browser of browsers) {
      expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    }
  });

  it("verifies that every row has its reason to be there, and finds the one that has none", async () => {
    await signedInBrowser(rig);
    const { code, stdout } = await accounts("verify");
    const { length } = await readTable(rig.azurite);
    expect(stdout).toBe(`${table()}${length} rows, and each has its reason to be there.\n`);
    expect(code).toBe(0);

    await openTable(rig.azurite).createEntity({ partitionKey: "zz", rowKey: "left behind" });
    await openTable(rig.azurite).createEntity({ partitionKey: "Über", rowKey: "Größe" });
    const after = await accounts("verify --json");
    expect(after.code).toBe(1);
    expect(JSON.parse(after.stdout)).toEqual({
      rows: length + 2,
      residue: [
        { partitionKey: "zz", rowKey: "left behind", kind: "malformed" },
        { partitionKey: "Über", rowKey: "Größe", kind: "malformed" },
      ],
    });
    expect((await accounts("verify")).stdout).toContain(
      "2 malformed. Lightsout writes no such row.\n  zz / left behind\n  Über / Größe\n",
    );
  });
});

describe("what cannot be seen is not called in order", () => {
  const COMMANDS = ["list", "verify", "show", "signout", "signout --all", "signout --all --json"];
  const named = (command: string) =>
    /^(show|signout)$/.test(command) ? `${command} ${partitionOf(ADELE)}` : command;

  const empty = shared(startAzurite);

  it.each(COMMANDS)(
    "%s, in an account without the table, which it does not make",
    async (command) => {
      const env = { TOKEN_CACHE_STORAGE: empty.connectionString };
      const { code, stdout, stderr } = await accounts(named(command), env);
      const refusal = "The storage account has no table lightsout. ";
      if (command.endsWith("--all")) expect(stdout).toContain(refusal);
      else if (command.endsWith("--json")) expect(JSON.parse(stdout).brokeOff).toContain(refusal);
      else expect(stderr).toContain(refusal);
      const output = command.endsWith("--json") ? stderr : stdout;
      expect(output.startsWith(table(empty.tableUrl))).toBe(true);
      expect(code).toBe(2);
      await expect(readTable(empty)).rejects.toThrow("TableNotFound");
    },
  );

  it.each(COMMANDS.slice(0, -1))("%s, when storage refuses", async (command) => {
    await signedInBrowser(rig);
    const TOKEN_CACHE_STORAGE = rig.azurite.connectionString.replace(
      "AccountKey=E",
      "AccountKey=F",
    );
    const { code, stdout, stderr } = await accounts(named(command), { TOKEN_CACHE_STORAGE });
    expect(stdout + stderr).toMatch(
      /Table Storage refuses with 403 AuthorizationFailure\. .*firewall/,
    );
    expect(stdout + stderr).not.toMatch(/in order|reason to be there|nothing|Nothing|are gone/);
    expect(code).toBe(2);
  });
});

describe("when one account's rows do not answer", () => {
  const proxy = shared(() => startTableProxy(rig.azurite));
  afterEach(() => {
    proxy.admit = () => true;
  });

  it("everybody else is signed out, and it is named; another run does the rest", async () => {
    const adele = await signedInBrowser(rig);
    const alex = await signedInBrowser(rig, ALEX);
    const unanswered = partitionOf(ADELE);
    const env = { TOKEN_CACHE_STORAGE: proxy.connectionString };
    proxy.admit = ({ url }) => !url.includes(`PartitionKey='${unanswered}'`);
    const first = await accounts("signout --all", env);
    expect(first.stdout).toBe(
      [
        table(proxy.connectionString.match(/TableEndpoint=([^;]+)/)?.[1]).trim(),
        `${unanswered} is left. Table Storage does not answer. Try again in a moment.`,
        "The tokens of 1 account and all its sessions are gone.",
        "Run it again: it goes on with those that are left.\n",
      ].join("\n"),
    );
    expect(first.code).toBe(1);
    expect(await sessionOf(rig, alex)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: true });

    proxy.admit = () => true;
    const second = await accounts("signout --all --json", env);
    expect(JSON.parse(second.stdout)).toEqual({ signedOut: 1, left: [] });
    expect(second.code).toBe(0);
    expect(await sessionOf(rig, adele)).toMatchObject({ signedIn: false });
  });
});

it("signout --all takes along the tokens that no head names", async () => {
  await signedInBrowser(rig);
  const head = { partitionKey: partitionOf(ADELE), rowKey: "head" };
  await openTable(rig.azurite).updateEntity({ ...head, generation: "another" }, "Merge");
  const { code, stdout } = await accounts("signout --all");
  expect(stdout).toContain("The tokens of 1 account and all its sessions are gone.");
  expect(code).toBe(0);
});

describe("a table that is named by its address", () => {
  const az = shared(azureCli);
  const service = shared(() => startSecureLoopback(() => ({ status: 403, body: {} })));
  let env: Record<string, string>;
  beforeAll(async () => {
    const certificate = join(az.folder, "certificate.pem");
    await writeFile(certificate, service.certificate);
    env = {
      PATH: az.PATH,
      NODE_EXTRA_CA_CERTS: certificate,
      TOKEN_CACHE_STORAGE: "",
      TOKEN_CACHE_STORAGE__tableServiceUri: service.url,
    };
  });

  it("is opened as whoever the Azure CLI is signed in as", async () => {
    const asked = "account get-access-token --resource https://storage.azure.com --output json";
    const answer = { accessToken: "a token", expires_on: 2_000_000_000, tenant: "t" };
    await az.become(`[ "$*" = "${asked}" ] && echo '${JSON.stringify(answer)}'`);
    const { code, stdout, stderr } = await accounts("list", env);
    expect(service.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer a token",
    ]);
    expect(stdout).toBe(`Table lightsout in ${service.url}\n`);
    expect(stderr).toMatch(/^Table Storage refuses with 403\. .*Storage Table Data/);
    expect(code).toBe(2);
  });

  it("says so when the Azure CLI is not signed in", async () => {
    await az.become('echo "Please run az login." >&2; exit 1');
    const { code, stderr } = await accounts("list", env);
    expect(stderr).toBe(
      "The Azure CLI has no token for Table Storage. Run az login, then try again. It says: Please run az login.\n",
    );
    expect(code).toBe(2);
  });
});

const NO_STORAGE = { TOKEN_CACHE_STORAGE: "", AzureWebJobsStorage: "" };

it.each<[string, Record<string, string>, RegExp]>([
  ["delete", {}, /^There is no such command: .*\n$/],
  ["list", NO_STORAGE, /^TOKEN_CACHE_STORAGE is not set\. .*\n$/],
])("%s is told what is wrong in one line", async (args, env, message) => {
  const { code, stderr } = await accounts(args, env);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});

/** The first line of all output for people. */
const table = (url = rig.azurite.tableUrl) => `Table lightsout in ${url}\n`;

function partitionOf(username: string): string {
  return accountPartition(homeAccountIdOf(rig, username) as HomeAccountId);
}
