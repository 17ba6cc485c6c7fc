import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { addedBytes } from "../../bench/package/sizes.ts";
import { freePort } from "../../local/ports.ts";
import { ENTRIES } from "../../scripts/library/declarations.ts";
import { launchChromium } from "../browser/chromium.ts";
import { describeInBrowser } from "../browser/describeInBrowser.ts";
import { readText, root } from "../infra/project.ts";
import { Program } from "../local/rig/checkout.ts";
import { type BareApp, installInBareFolder } from "./bare.ts";

let app: BareApp;
beforeAll(() => {
  app = installInBareFolder();
}, 120_000);
afterAll(() => rmSync(app.folder, { recursive: true }));

const MODULES = Object.keys(ENTRIES);
const declarationsOf = (module: string) =>
  readFileSync(join(app.lightsout, `dist/npm/${module}.d.ts`), "utf8");

describe("the package", () => {
  it("is as publint and are-the-types-wrong want it", () => {
    const lint = join(root, "test/library/lint.mjs");
    const found = execFileSync(process.execPath, [lint, app.tarball, app.lightsout]);
    const { messages, problems } = JSON.parse(found.toString());
    expect(messages).toEqual([]);
    // Every Node that `engines` names lets CommonJS require an ES module.
    const others = problems.filter(({ kind }: { kind: string }) => kind !== "CJSResolvesToESM");
    expect(others).toEqual([]);
  });

  it.each(MODULES)("offers in %s what docs/api says (npm run api writes that anew)", (module) => {
    expect(readText(`dist/api/${module}.api.md`)).toBe(readText(`docs/api/${module}.api.md`));
  });

  it("has at most 25 names", () => {
    const all = MODULES.map(declarationsOf).join("\n");
    const names = [...all.matchAll(/^export declare .*?(?:interface|function|class|type) (\w+)/gm)];
    expect(names.length).toBeGreaterThan(8);
    expect(names.length).toBeLessThanOrEqual(25);
  });

  it("has a browser module of at most 1.5 kB, gzipped", () => {
    const module = readFileSync(join(app.lightsout, "dist/npm/browser.js"));
    expect(gzipSync(module).length).toBeLessThanOrEqual(1_500);
  });

  it("adds at most 300 kB to an app that has the SDKs already", async () => {
    expect(await addedBytes("lightsout/functions", app.folder)).toBeLessThanOrEqual(300_000);
  });
});

describe("an app that had its own life", () => {
  const command = () => join(app.lightsout, "dist/npm/command/lightsout.js");
  const run = (...args: string[]) => {
    const env = { ...process.env, ENTRA_CLIENT_ID: "" };
    const options = { cwd: app.folder, encoding: "utf8", env } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
    return { status, stdout, stderr };
  };

  it("goes on as before, and its tests sign users in and out", () => {
    const { status, stdout } = run("--test");
    expect({ status, passed: /\bpass (\d+)/.exec(stdout)?.[1] }).toEqual({
      status: 0,
      passed: "4",
    });
  });

  it("is told the version", () => {
    const { version } = JSON.parse(readText("package.json"));
    expect(run(command(), "--version")).toEqual({ status: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("is told what to install for development, in one line", () => {
    expect(run(command(), "dev")).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "The table and the second app that lightsout dev starts need packages. Run: npm install --save-dev azurite openid-client\n",
    });
  });

  describeInBrowser("with lightsout dev", () => {
    let dev: Program;
    let url: string;
    beforeAll(async () => {
      for (const name of ["azurite", "openid-client"]) app.install(name);
      const port = await freePort();
      url = `http://localhost:${port}/api`;
      dev = new Program(command(), ["dev", "--port", String(port), "--no-func"], {
        cwd: app.folder,
      });
      await dev.prints("Ctrl-C stops everything.");
    });
    afterAll(async () => {
      dev.child.kill("SIGINT");
      await dev.exited;
    });

    it("signs in, and a sign-out elsewhere signs out", async () => {
      const context = await launchChromium({ thirdPartyCookies: "blocked" });
      const page = await context.newPage();
      await page.goto(/1 {2}Open (\S+):/.exec(dev.output)?.[1] ?? "");
      await page.getByRole("button", { name: "Adele Vance" }).click();
      // The app has no page at its root.
      await page.waitForURL(`${url}/auth/sessions`);
      await page.goto(`${url}/reports`);
      await page.getByRole("link", { name: "My reports" }).click();
      await page.waitForURL(`${url}/reports/mine`);
      expect(await page.textContent("body")).toBe("Reports of Adele Vance: Spring");

      const other = await context.newPage();
      await other.goto(/http:\/\/fabrikam\S+/.exec(dev.output)?.[0] ?? "");
      await other.getByRole("link", { name: "Sign in" }).click();
      await other.getByRole("button", { name: "Sign out everywhere" }).click();
      await other.getByRole("link", { name: "Sign in" }).waitFor();
      await other.getByRole("link", { name: "See for yourself in Lightsout." }).click();
      await other.getByRole("button", { name: "Adele Vance" }).waitFor();
      const session = await page.request.get(`${url}/auth/session`);
      expect(await session.json()).toMatchObject({ signedIn: false });
      await context.close();
    });

    it("loads a change of a function; neither its doctor nor its accounts find anything wrong", async () => {
      const file = join(app.folder, "src/functions/reports.js");
      writeFileSync(file, readFileSync(file, "utf8").replaceAll("Reports", "All reports"));
      await dev.prints(`Loaded again: ${join("src/functions/reports.js")} has changed.`);
      expect(await (await fetch(`${url}/reports`)).text()).toContain("<h1>All reports</h1>");
      expect(run(command(), "doctor")).toMatchObject({
        status: 0,
        stdout: expect.stringMatching(/by the settings of lightsout dev\n.*Nothing is wrong/s),
      });
      expect(run(command(), "accounts", "verify")).toMatchObject({
        status: 0,
        stdout: expect.stringContaining("each has its reason to be there"),
      });
    });
  });
});
