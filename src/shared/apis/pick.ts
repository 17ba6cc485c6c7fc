/** Printable ASCII only: anything else in a header makes the host answer 500. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** The headers of these names that there are, and that can be written. */
export function pick<T>(names: readonly string[], get: (name: string) => T) {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = get(name);
    if (typeof value === "string" && HEADER_VALUE.test(value)) picked[name] = value;
  }
  return picked;
}
