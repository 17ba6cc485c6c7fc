/**
 * Puts each text between its marks, `<!-- bench:NAME -->` and `<!-- /bench -->`.
 * @throws Error A mark has no text, or a text has no mark.
 */
export function fill(document: string, texts: ReadonlyMap<string, string>): string {
  const unused = new Set(texts.keys());
  const filled = document.replace(
    /(<!-- bench:([a-z0-9-]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
    (_, before: string, name: string, after: string) => {
      const text = texts.get(name);
      if (text === undefined) throw new Error(`There is nothing to put at bench:${name}.`);
      unused.delete(name);
      return `${before}\n${text}\n\n${after}`;
    },
  );
  if (unused.size > 0) throw new Error(`There is no mark for ${[...unused].join(", ")}.`);
  return filled;
}
