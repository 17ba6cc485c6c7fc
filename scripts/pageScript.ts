import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/*
 * The script of the pages is in the sources as text, src/shared/pages/script.ts, so that they run without a
 * bundler. `npm run page-script` writes it anew from src/browser; a test says when that is due.
 */
const FILE = fileURLToPath(new URL("../src/shared/pages/script.ts", import.meta.url));

/** A file of src/browser with all that it imports. */
export function bundleForBrowser(
  file: string,
  format: "iife" | "esm",
  globalName?: string,
): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../src/browser/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    ...(globalName && { globalName }),
  });
  return outputFiles.map(({ text }) => text.trimEnd()).join("");
}

/** What src/shared/pages/script.ts has to be. */
export function pageScriptModule(): string {
  return `import { createHash } from "node:crypto";

// Made from src/browser/page.ts by \`npm run page-script\`.
// biome-ignore format: one line, as it is served
export const SCRIPT = ${JSON.stringify(bundleForBrowser("page.ts", "iife"))};

/** Its source expression for a Content Security Policy (CSP Level 3 §2.3.1). */
export const SCRIPT_HASH = \`sha256-\${createHash("sha256").update(SCRIPT).digest("base64")}\`;
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(FILE, pageScriptModule());
