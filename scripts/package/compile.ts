import { addCompiled } from "./compiled.ts";

/** Adds to a package what the Node that runs this compiles of it. Argument: the folder of the package. */
await addCompiled(process.argv[2] as string);
