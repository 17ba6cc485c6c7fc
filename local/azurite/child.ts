import { createRequire } from "node:module";
import { find } from "../installed.ts";

/** Milliseconds that open connections may hold up the exit. */
const GRACE = 2_000;

// The loss of the parent always shows, even if the parent was killed. Without this, Azurite would live on.
// It saves its tables on SIGINT.
process.once("disconnect", () => {
  process.emit("SIGINT");
  setTimeout(() => process.exit(), GRACE).unref();
});

createRequire(import.meta.url)(find("azurite/dist/src/table/main.js"));
