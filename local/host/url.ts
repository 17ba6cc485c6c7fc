/** Decodes all but slashes, then removes dot segments. */
export function decodePath(path: string): string {
  const decoded = percentDecode(path, /^%2f$/i);
  const segments: string[] = [];
  const parts = decoded.slice(1).split("/");
  for (const [index, part] of parts.entries()) {
    if (part === "..") segments.pop();
    if (part !== "." && part !== "..") segments.push(part);
    else if (index === parts.length - 1) segments.push("");
  }
  return `/${segments.join("/")}`;
}

/**
 * Encodes a decoded path again. A percent sign before two hex digits stays, as in ASP.NET Core:
 * it may be an encoded slash.
 */
export function encodePath(path: string): string {
  return encodeURI(path)
    .replace(/[?#]/g, encodeURIComponent)
    .replace(/%25([\da-f]{2})/gi, "%$1");
}

/** Names keep the spelling that came first. */
export function parseQuery(search: string): CaseInsensitiveMap {
  const query = new CaseInsensitiveMap();
  for (const pair of search.slice(1).split("&")) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll("+", " ")) ?? [];
    query.append(percentDecode(name), percentDecode(value));
  }
  return query;
}

export class CaseInsensitiveMap {
  readonly #values = new Map<string, { name: string; values: string[] }>();

  append(name: string, value: string): void {
    const entry = this.#values.get(name.toUpperCase());
    if (entry) entry.values.push(value);
    else this.#values.set(name.toUpperCase(), { name, values: [value] });
  }

  get(name: string): string[] | undefined {
    return this.#values.get(name.toUpperCase())?.values;
  }

  /** Under the spelling that came first. */
  entries(): [name: string, values: string[]][] {
    return [...this.#values.values()].map(({ name, values }) => [name, values]);
  }
}

const ENCODED_CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/** Decodes what is valid and leaves the rest as it is. */
function percentDecode(text: string, keep = /^$/): string {
  return text.replace(ENCODED_CHARACTER, (encoded) => {
    if (keep.test(encoded)) return encoded;
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
