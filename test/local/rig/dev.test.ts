import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { freePort } from "../../../local/ports.ts";
import { root as checkout, readText } from "../../infra/project.ts";
import { eventually } from "../../support/eventually.ts";
import { type Folder, newFolder } from "../../support/folder.ts";
import { listen } from "../../support/listen.ts";
import { Program } from "./checkout.ts";
import { childrenOf, isRunning } from "./processes.ts";

/** An app of somebody's own, which has a function that gets in the way of one of ours. */
const app = (word: string) => `const { app } = require("@azure/functions");
app.http("all", { route: "{*rest}", handler: () => ({ body: "${word}" }) });
app.http("authSession", { route: "auth/session", handler: () => ({ body: "ours" }) });`;

const COPY = `const { readFileSync, writeFileSync } = require("node:fs");
const copy = () => {
  const text = readFileSync("src/app.js", "utf8");
  if (text !== readFileSync("dist/app.js", "utf8")) writeFileSync("dist/app.js", text);
};
copy();`;

let folder: Folder;
let program: Program | undefined;
beforeEach(async () => {
  folder = await newFolder({
    "host.json": readText("host.json"),
    "src/app.js": app("first"),
    "dist/app.js": "",
    "copy.cjs": COPY,
    "keep.cjs": `${COPY} setInterval(copy, 50);`,
  });
  await mkdir(join(folder.path, "node_modules/@azure"), { recursive: true });
  const sdk = "node_modules/@azure/functions";
  await symlink(join(checkout, sdk), join(folder.path, sdk));
});
afterEach(async () => {
  program?.child.kill("SIGKILL");
  await program?.exited;
  await folder.stop();
});

async function dev(scripts: Record<string, string>, ...args: string[]): Promise<Program> {
  const manifest = { main: "dist/app.js", scripts };
  await writeFile(join(folder.path, "package.json"), JSON.stringify(manifest));
  const file = join(checkout, "scripts/lightsout.ts");
  program = new Program(file, ["dev", ...args], { cwd: folder.path });
  return program;
}

it.each<[string, Record<string, string>, string]>([
  ["build", { build: "node copy.cjs" }, "src/app.js"],
  ["watch", { build: "node copy.cjs", watch: "node keep.cjs" }, "dist/app.js"],
])(
  "loads a change of the app by its own %s script, and ends that, too",
  async (_, scripts, file) => {
    const port = await freePort();
    const started = await dev(scripts, "--port", String(port));
    await started.prints("Ctrl-C stops everything.");
    expect(started.output).toContain("Your function all gets the requests of authSession");
    const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(await answer()).toBe("first");

    await writeFile(join(folder.path, "src/app.js"), "throw new Error('no reason');");
    await started.prints("The function app cannot be loaded.");
    await writeFile(join(folder.path, "src/app.js"), app("second"));
    await started.prints(`Loaded again: ${join(file)} has changed.`);
    expect(await answer()).toBe("second");

    const children = await childrenOf(started.pid);
    started.child.kill("SIGINT");
    expect(await started.exited).toBe(0);
    await eventually(() => !children.some(isRunning));
  },
);

it("says so where the port is taken", async () => {
  const server = createServer();
  const port = await listen(server);
  const started = await dev({}, "--port", String(port));
  expect(await started.exited).toBe(1);
  expect(started.output).toMatch(new RegExp(`^Port ${port} is taken\\..*\n$`));
  server.close();
});

it("leaves alone a folder without a Functions app", async () => {
  const empty = await newFolder();
  program = new Program(join(checkout, "scripts/lightsout.ts"), ["dev"], { cwd: empty.path });
  expect(await program.exited).toBe(1);
  expect(program.output).toBe(
    "Run this in the folder of your Functions app: host.json is missing here.\n",
  );
  expect(await readdir(empty.path)).toEqual([]);
  await empty.stop();
});
