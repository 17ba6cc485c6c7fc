import { zipSync } from "fflate";
import type { Contents } from "./contents.ts";

/** The same contents always make the same bytes: times and order are fixed. */
export function zip(contents: Contents): Uint8Array {
  const paths = Object.keys(contents).sort();
  const sorted = Object.fromEntries(paths.map((path) => [path, contents[path] as Uint8Array]));
  // A local time, as fflate writes it: zip files have no time zone.
  return zipSync(sorted, { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 });
}
