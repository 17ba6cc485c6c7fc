// Plain JavaScript for any Node to parse: doctor.ts needs one that strips types.
import { existsSync } from "node:fs";

/** @param {string} message */
function refuse(message) {
  console.error(message);
  process.exitCode = 1;
}

if (!existsSync(new URL("../node_modules", import.meta.url))) {
  refuse("✗ The dependencies are missing. Run `npm ci`, then `npm run doctor`.");
} else if (!process.features.typescript) {
  refuse(
    `✗ Lightsout needs Node 22.18 or newer, and this is ${process.version}. Run \`npm run doctor\`: it brings its own.`,
  );
} else {
  await import("./doctor.ts");
}
