import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { ROOT } from "../../../local/root.ts";
import { copyCheckout, Program, removeCheckout } from "../../local/rig/checkout.ts";

let checkout: string;
let start: Program;
beforeAll(async () => {
  checkout = await copyCheckout();
  await cp(join(ROOT, "infra"), join(checkout, "infra"), { recursive: true });
  start = new Program(join(checkout, "local/run.mjs"), ["scripts/lightsout.ts", "dev"], {
    cwd: checkout,
  });
  await start.prints("Ctrl-C stops everything.");
});
afterAll(async () => {
  start?.child.kill("SIGINT");
  await start?.exited;
  await removeCheckout(checkout);
});

/** Without a setting of its own. */
const run = (...args: string[]) =>
  new Program(join(checkout, "local/run.mjs"), ["scripts/lightsout.ts", ...args], {
    cwd: checkout,
    env: { ENTRA_CLIENT_ID: "" },
  });

it("the doctor finds the app that lightsout dev runs, and nothing wrong with it", async () => {
  const doctor = run("doctor");
  expect(await doctor.exited).toBe(0);
  expect(doctor.output).toContain(", by the settings of lightsout dev\n");
  expect(doctor.output).toContain("Nothing is wrong: 25 in order");
});

it("so do the operators' commands", async () => {
  const accounts = run("accounts", "verify");
  expect(await accounts.exited).toBe(0);
  expect(accounts.output).toContain("each has its reason to be there");
});
