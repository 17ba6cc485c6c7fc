import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRig } from "../local/rig.ts";
import { ROOT } from "../local/root.ts";
import { createBrowser } from "../local/tenant/browserless.ts";

/**
 * Tries the package with the lowest version of every peer that package.json names, from the registry: an app that has them
 * signs somebody in and out. `npm run lowest-peers`, before a release that changes them.
 */
const { peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const peers = Object.entries<string>(peerDependencies).map(
  ([name, range]) => `${name}@${range.replace(/^\^/, "")}`,
);
const folder = mkdtempSync(join(tmpdir(), "lightsout-peers-"));
try {
  cpSync(join(ROOT, "examples/existing-app"), folder, { recursive: true });
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  const packed = npm(ROOT, "pack", "--silent", "--pack-destination", folder).trim().split("\n");
  npm(folder, "install", "--no-audit", "--no-fund", `./${packed.at(-1)}`, ...peers);
  const rig = await startRig({ root: folder });
  try {
    const browser = createBrowser();
    const start = `${rig.url}/auth/signin?returnTo=/api/reports/mine`;
    const { body } = await browser.submit(await browser.signIn(start, "adelev@"));
    if (body !== "Reports of Adele Vance: Spring") throw new Error(`Signed in, it says: ${body}`);
    await browser.submit((await browser.get(`${rig.url}/auth/signout`)).forms[0]);
    const session = await browser.fetch(`${rig.url}/auth/session`);
    if (!session.body.includes('"signedIn":false')) throw new Error(`Signed out: ${session.body}`);
    console.log(`Signed in, and out, with ${peers.join(", ")}.`);
  } finally {
    await rig.stop();
  }
} finally {
  rmSync(folder, { recursive: true });
}
