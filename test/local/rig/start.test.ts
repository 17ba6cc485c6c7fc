import { chmod, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { freePort, isFree } from "../../../local/ports.ts";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import { eventually } from "../../support/eventually.ts";
import { listen } from "../../support/listen.ts";
import { shared } from "../../support/shared.ts";
import { copyCheckout, Program } from "./checkout.ts";
import { childrenOf, isRunning } from "./processes.ts";

const checkout = shared(copyCheckout);
const inCheckout = (path: string) => join(checkout.path, path);
let program: Program;
let programs: Program[] = [];

afterEach(async () => {
  for (const { child } of programs) child.kill("SIGKILL");
  await Promise.all(programs.map(({ exited }) => exited));
  programs = [];
});

function start(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const command = ["scripts/lightsout.ts", "dev", ...args];
  program = new Program(inCheckout("local/run.mjs"), command, { env, cwd: checkout.path });
  programs.push(program);
  return program;
}

/** Every port that the screen names. */
function portsOn(screen: string): number[] {
  const ports = [...screen.matchAll(/:\/\/[^/\s:]+:(\d+)/g)].map(([, port]) => Number(port));
  return [...new Set(ports)];
}

const RUNS = "Ctrl-C stops everything.";

describe("lightsout dev", () => {
  it("shows where everything is, runs once in a checkout, and Ctrl-C leaves nothing behind", async () => {
    const note = inCheckout(".local/running.json");
    // Killed without a chance to tidy up.
    await mkdir(inCheckout(".local"));
    await writeFile(note, JSON.stringify({ pid: 2 ** 30, url: "http://localhost:1", env: {} }));
    const { pid, child, exited } = start();
    const first = program;
    await first.prints(RUNS);
    const urls = [...first.output.matchAll(/http:\S+/g)].map(([url]) => url);
    expect(new Set(urls).size).toBe(8);
    const widths = first.output.split("\n").map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(100);
    const ports = portsOn(first.output);
    const children = await childrenOf(pid);
    expect(children.length).toBeGreaterThanOrEqual(2);
    await expectConsentToMail(`http://localhost:${ports[0]}`);

    // Two table stores on the same files would bring tokens back.
    const left = await readFile(note, "utf8");
    const second = start();
    expect(await second.exited).toBe(1);
    expect(second.output).toBe(
      `lightsout dev already runs here (pid ${pid}): http://localhost:${ports[0]}. Stop it first.\n`,
    );
    expect(await readFile(note, "utf8")).toBe(left);

    child.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(first.output).toContain("Stopping…");
    expect(children.filter(isRunning)).toEqual([]);
    expect(await Promise.all(ports.map(isFree))).toEqual(ports.map(() => true));
    await expect(stat(note)).rejects.toThrow("ENOENT");
    // Neither a terminal's colours nor anything of the secrets.
    expect(first.output).not.toContain("\u001b");
    const secrets = await readFile(inCheckout(".local/secrets.json"), "utf8");
    expect(first.output).not.toContain(JSON.parse(secrets).clientSecret);
  });

  /** The registration lists less than the app asks for. */
  async function expectConsentToMail(url: string): Promise<void> {
    const browser = createBrowser();
    const home = await browser.submit(await browser.signIn(`${url}/auth/signin`, "adelev@"));
    expect(home.status).toBe(200);
    const refused = await browser.fetch(`${url}/graph/me/messages`);
    expect(refused.status).toBe(401);
    const consent = await browser.get(JSON.parse(refused.body).signInUrl);
    expect(consent.text).toContain("Permissions requested");
    expect(consent.text).toContain("Mail.Read");
    const answer = await browser.submit(consent.forms[0], { press: "Accept" });
    await browser.submit(answer.forms[0]);
    expect((await browser.fetch(`${url}/graph/me/messages`)).status).toBe(200);
  }

  it("keeps its secrets to itself, the same ones the next time, and gives way to somebody on its ports", async () => {
    const file = inCheckout(".local/secrets.json");
    const before = await readFile(file, "utf8");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const usual = [7071, 7072, 7073, 7074, 7075, 7076, 10_002];
    const listeners = await Promise.all(usual.map(occupy));
    try {
      start();
      await program.prints(RUNS);
      expect(new Set([...portsOn(program.output), ...usual]).size).toBe(14);
      program.child.kill("SIGTERM");
      expect(await program.exited).toBe(0);
      expect(await readFile(file, "utf8")).toBe(before);
    } finally {
      for (const listener of listeners) listener?.close();
    }
  });

  it("a second Ctrl-C does not wait for what hangs", async () => {
    const { pid, child, exited } = start();
    await program.prints(RUNS);
    const children = await childrenOf(pid);
    for (const hanging of children) process.kill(hanging, "SIGSTOP");
    let code: number | null | undefined;
    void exited.then((value) => {
      code = value;
    });
    try {
      // Two at once are what a terminal and npm make of one keystroke.
      child.kill("SIGINT");
      child.kill("SIGINT");
      await program.prints("Stopping…");
      while (code === undefined) {
        child.kill("SIGINT");
        await delay(50);
      }
      expect(code).toBe(130);
    } finally {
      for (const hanging of children) process.kill(hanging, "SIGCONT");
    }
    await eventually(() => !children.some(isRunning));
  });

  it("Ctrl-C while it starts leaves nothing behind either", async () => {
    const { pid, exited, child } = start();
    let children: number[] = [];
    await eventually(async () => {
      children = await childrenOf(pid);
      return children.length > 0;
    });
    child.kill("SIGINT");
    expect([130, 0]).toContain(await exited);
    await eventually(() => !children.some(isRunning));
  });

  it("stops when the functions end by themselves, and says so", async () => {
    const { pid, exited } = start();
    await program.prints(RUNS);
    const children = await childrenOf(pid);
    for (const worker of children) {
      const command = await readFile(`/proc/${worker}/cmdline`, "utf8");
      if (command.includes("worker.ts")) process.kill(worker, "SIGKILL");
    }
    expect(await exited).toBe(1);
    expect(program.output).toContain("The functions ended by themselves.");
    expect(children.filter(isRunning)).toEqual([]);
  });
});

describe("with a tenant in local.settings.json", () => {
  const Values = {
    ENTRA_CLIENT_ID: "0b5f3a2e-5d8c-4f0e-9f53-2d1f5a4f9a10",
    ENTRA_TENANT_ID: "contoso.example",
    ENTRA_CLIENT_SECRET: "a secret",
    AzureWebJobsStorage: "UseDevelopmentStorage=true",
  };
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const settings = { Values: { ...Values, APP_BASE_URL: `http://localhost:${port}` } };
    await writeFile(inCheckout("local.settings.json"), JSON.stringify(settings));
  });
  afterAll(() => rm(inCheckout("local.settings.json")));

  it("starts the table store and the functions, nothing else", async () => {
    const { exited, child } = start();
    await program.prints(RUNS);
    expect(program.output).toContain("Lightsout is running against your tenant");
    expect(program.output).toContain("https://login.microsoftonline.com/contoso.example");
    expect(program.output).toContain("Azurite");
    expect(program.output).not.toMatch(/Fabrikam|Dev tenant|Graph/);
    child.kill("SIGINT");
    expect(await exited).toBe(0);
  });

  it("says in one line which setting is wrong", async () => {
    const { exited } = start([], { ENTRA_CLIENT_SECRET: "", ENTRA_CLIENT_ID: "nonsense" });
    expect(await exited).toBe(1);
    expect(program.output).toMatch(/^ENTRA_CLIENT_ID is not a GUID\. .*\n$/);
  });

  it("says why the app cannot be loaded, and stops", async () => {
    const broken = inCheckout("src/main.ts");
    const whole = await readFile(broken, "utf8");
    await writeFile(broken, `throw new Error("no reason");\n${whole}`);
    const { exited } = start();
    expect(await exited).toBe(1);
    expect(program.output).toMatch(/Worker was unable to load entry point .*: no reason/);
    expect(program.output).toContain("The function app cannot be loaded.");
    await writeFile(broken, whole);
  });

  it("does not move away from the port its app registration knows", async () => {
    const listener = await occupy(port);
    const { exited } = start();
    expect(await exited).toBe(1);
    expect(program.output).toContain(
      `Port ${port} is taken, and your app registration redirects to it`,
    );
    listener?.close();
  });
});

describe("with func on the PATH", () => {
  let folder: string;
  beforeAll(async () => {
    folder = inCheckout("bin");
    await mkdir(folder);
  });

  /** Puts a program in the place of Core Tools. */
  async function install(source: string): Promise<NodeJS.ProcessEnv> {
    const file = join(folder, "func");
    await writeFile(file, `#!${process.execPath}\n${source}`);
    await chmod(file, 0o755);
    return { PATH: `${folder}${delimiter}${process.env.PATH}` };
  }

  it("lets func host the functions, with the settings and a port", async () => {
    const env = await install(`
      import { createServer } from "node:http";
      const { APP_BASE_URL, TOKEN_CACHE_STORAGE, FUNCTIONS_WORKER_RUNTIME } = process.env;
      const args = process.argv.slice(2);
      const report = { args, APP_BASE_URL, TOKEN_CACHE_STORAGE, FUNCTIONS_WORKER_RUNTIME };
      createServer((_, response) => response.end(JSON.stringify(report))).listen(args[2]);
      process.on("SIGINT", () => { console.log("func ends"); process.exit(); });
    `);
    const { exited, child } = start([], env);
    await program.prints(RUNS);
    const [port] = portsOn(program.output);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).json()).toEqual({
      args: ["start", "--port", String(port)],
      APP_BASE_URL: `http://localhost:${port}`,
      TOKEN_CACHE_STORAGE: expect.stringContaining("devstoreaccount1"),
      FUNCTIONS_WORKER_RUNTIME: "node",
    });
    child.kill("SIGINT");
    expect(await exited).toBe(0);
    expect(program.output).toContain("func ends");
  });

  it("says so when func is not there", async () => {
    start(["--func"], { PATH: "/nowhere" });
    expect(await program.exited).toBe(1);
    expect(program.output).toContain(
      "`func` is not on the PATH. Install Azure Functions Core Tools 4",
    );
  });
});

it.each<[string, number, RegExp]>([
  ["--help", 0, /^Usage: lightsout dev/],
  ["--fnc", 1, /^Unknown option '--fnc'.*See lightsout dev --help\.\n$/s],
])("answers %s before anything starts", async (flag, code, output) => {
  start([flag]);
  expect(await program.exited).toBe(code);
  expect(program.output).toMatch(output);
});

/** Listens on a port for as long as the test likes; nothing when somebody else already does. */
async function occupy(port: number): Promise<Server | undefined> {
  const listener = createServer();
  return listen(listener, port).then(
    () => listener,
    () => undefined,
  );
}
