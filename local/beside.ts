import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The program of that name in the same folder, compiled if this is. @param url `import.meta.url` */
export function programBeside(url: string, name: string): string {
  return fileURLToPath(new URL(name + extname(new URL(url).pathname), url));
}
