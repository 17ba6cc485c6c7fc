#!/usr/bin/env node
import { createRequire } from "node:module";
import { assertInstalled } from "../local/installed.ts";
import { isTooOld, OLDEST_NODE } from "./oldestNode.ts";

const USAGE = `lightsout <command>, in the folder of your Functions app. With --help, each says more about itself.

  dev            runs the app on this machine, with a tenant to sign in to and all else that it needs
  doctor         looks for what is wrong with a set-up, and says how to put it right
  accounts       shows who holds tokens, signs accounts out, proves that nothing is left
  register-app   makes the app registration, or completes one
  keys           makes the keys that everything stored is sealed with, and rotates them`;

/** Each command reads the remaining arguments, and sets the exit code. */
const COMMANDS: Record<string, () => Promise<unknown>> = {
  async dev() {
    assertInstalled();
    await import("./dev.ts");
  },
  doctor: () => import("./doctor.ts"),
  accounts: () => import("./accounts.ts"),
  "register-app": () => import("./register-app.ts"),
  keys: () => import("./keys.ts"),
};

const [name = "--help"] = process.argv.splice(2, 1);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (isTooOld(process.versions.node)) {
  console.error(`Lightsout needs Node ${OLDEST_NODE} or newer, and this is ${process.version}.`);
  process.exitCode = 1;
} else if (command) {
  await command().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
} else if (name === "--help" || name === "-h") console.log(USAGE);
else if (name === "--version")
  console.log(createRequire(import.meta.url)("lightsout/package.json").version);
else {
  console.error(`There is no command ${name}. lightsout --help names them.`);
  process.exitCode = 1;
}
