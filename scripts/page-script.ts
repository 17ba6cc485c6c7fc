import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../local/root.ts";
import { pageScriptModule } from "./page-script/bundle.ts";

/**
 * The script of the pages stands in the sources as text, so that they run without a bundler. This writes it anew from
 * src/browser: `npm run page-script`. A test says when that is due.
 */
writeFileSync(join(ROOT, "src/shared/web/pages/script.ts"), pageScriptModule());
