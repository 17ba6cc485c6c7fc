import { cpSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../local/root.ts";

/** Writes anew what docs/api says the package offers: `npm run api`. A test says when that is due. */
await import("./library.ts");
cpSync(join(ROOT, "dist/api"), join(ROOT, "docs/api"), { recursive: true });
