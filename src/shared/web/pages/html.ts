/** Text that is HTML already. Only {@link html} makes it. */
export class Html {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

type Content = Html | string | number | false | null | undefined | readonly Content[];

/** A template whose values are escaped, except for what came out of this function. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let text = parts[0] as string;
  values.forEach((value, i) => {
    text += render(value) + parts[i + 1];
  });
  return new Html(text);
}

function render(value: Content): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join("");
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] as string);
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text of somebody else's. A writing direction that it sets, such as U+202E, ends with it. */
export function foreign(text: string): Html {
  return html`<bdi>${text}</bdi>`;
}
