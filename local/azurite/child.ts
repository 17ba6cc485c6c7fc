import { createRequire } from "node:module";
import { find } from "../installed.ts";

/** How long open connections may hold up the exit, in milliseconds. */
const GRACE = 2_000;

// Losing the parent is the one signal that always comes, even when the parent was killed.
// Azurite saves its tables on SIGINT; by itself it would live on as an orphan.
process.once("disconnect", () => {
  process.emit("SIGINT");
  setTimeout(() => process.exit(), GRACE).unref();
});

createRequire(import.meta.url)(find("azurite/dist/src/table/main.js"));
