import { fileURLToPath } from "node:url";

/** The checkout, where `host.json` and the bundle are. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));
