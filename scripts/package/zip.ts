import { zipSync } from "fflate";
import type { Contents } from "./contents.ts";

/** The same contents make the same bytes, whenever and wherever: times and order are fixed. */
export function zip(contents: Contents): Uint8Array {
  const paths = Object.keys(contents).sort();
  const sorted = Object.fromEntries(paths.map((path) => [path, contents[path] as Uint8Array]));
  // Zip files know no time zone, and fflate writes local times: so this is a local time.
  return zipSync(sorted, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 });
}
