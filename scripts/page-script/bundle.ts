import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A file of src/browser with all that it imports. */
export function bundleForBrowser(
  file: string,
  format: "iife" | "esm",
  globalName?: string,
): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(`../../src/browser/${file}`, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format,
    target: "es2022",
    ...(globalName && { globalName }),
  });
  return outputFiles.map(({ text }) => text.trimEnd()).join("");
}

/** The text of src/shared/web/pages/script.ts. */
export function pageScriptModule(): string {
  return `import { createHash } from "node:crypto";

// Made from src/browser/page.ts by \`npm run page-script\`.
// biome-ignore format: one line, as it is served
export const SCRIPT = ${JSON.stringify(bundleForBrowser("page.ts", "iife"))};

/** Its source expression for a Content Security Policy (CSP Level 3 §2.3.1). */
export const SCRIPT_HASH = \`sha256-\${createHash("sha256").update(SCRIPT).digest("base64")}\`;
`;
}
