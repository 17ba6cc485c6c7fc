import { operations } from "./operations.ts";
import { signedIn } from "./signedIn.ts";

/** In the order in which they run. */
export const benchmarks = [signedIn, operations];
