import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../local/root.ts";
import { pageScriptModule } from "./page-script/bundle.ts";

/**
 * Writes the script of the pages from src/browser into the sources, as text, so that these run without a bundler:
 * `npm run page-script`. A test fails when it is out of date.
 */
writeFileSync(join(ROOT, "src/shared/web/pages/script.ts"), pageScriptModule());
