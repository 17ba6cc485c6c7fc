import { createRequire } from "node:module";

/** Packages for development only. Ours does not depend on them: Azurite alone is 365 MB. */
const PARTS = ["azurite/package.json", "openid-client"];

/** @throws Error One line that says what to install. */
export function assertInstalled(): void {
  const missing = PARTS.filter((part) => !isInstalled(part)).map((part) => part.split("/")[0]);
  if (missing.length === 0) return;
  throw new Error(
    `The table and the second app that lightsout dev starts need packages. Run: npm install --save-dev ${missing.join(" ")}`,
  );
}

/** Where the app has it, and a checkout of Lightsout for itself. */
export function find(part: string): string {
  const paths = [process.cwd(), import.meta.dirname];
  return createRequire(import.meta.url).resolve(part, { paths });
}

function isInstalled(part: string): boolean {
  try {
    find(part);
    return true;
  } catch {
    return false;
  }
}
