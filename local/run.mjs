// Runs a file of this project: plain JavaScript for any Node to parse, since all else needs one that strips types.
import { existsSync } from "node:fs";

const root = new URL("../", import.meta.url);
const [file = ""] = process.argv.splice(2, 1);

/** @param {string} message */
function refuse(message) {
  console.error(message);
  process.exitCode = 1;
}

if (!existsSync(new URL("node_modules", root))) {
  refuse("The dependencies are missing. Run `npm ci`, then try again.");
} else if (!process.features.typescript) {
  refuse(
    `Lightsout needs Node 22.18 or newer, and this is ${process.version}. Use \`npm ci\`, then \`npm start\` or \`npm run\`: it brings its own.`,
  );
} else {
  await import(new URL(file, root).href);
}
