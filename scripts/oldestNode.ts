/** What `engines` in package.json names. */
const OLDEST = [22, 12] as const;
export const OLDEST_NODE = OLDEST.join(".");

/** @param version Such as `24.1.0`. */
export function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
