import { addCompiled } from "./compiled.ts";

/** For the Node that runs it. Argument: the folder of the package. */
await addCompiled(process.argv[2] as string);
