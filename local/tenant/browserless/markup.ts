/** A form of a page, ready to be submitted. */
export interface Form {
  method: "GET" | "POST";
  /** Absolute. */
  action: string;
  /** Of inputs; buttons add theirs when pressed. */
  fields: Record<string, string>;
  buttons: Button[];
  /** Of the page it is on, for `Origin` and cookies. */
  page: PageOrigin;
}

interface Button {
  name: string;
  value: string;
  text: string;
}

export interface PageOrigin {
  url: string;
  /** Whether requests from the page tell neither `Referer` nor `Origin`. */
  noReferrer: boolean;
}

export function parseForms(body: string, page: PageOrigin): Form[] {
  return elements(body, "form").map(({ attributes, inner }) => ({
    method: attributes.method?.toLowerCase() === "post" ? "POST" : "GET",
    action: new URL(attributes.action ?? "", page.url).href,
    fields: Object.fromEntries(
      tags(inner, "input").map(({ name = "", value = "" }) => [name, value]),
    ),
    buttons: elements(inner, "button").map(({ attributes, inner }) => ({
      name: attributes.name ?? "",
      value: attributes.value ?? "",
      text: textOf(inner),
    })),
    page,
  }));
}

/** Absolute URLs of the page's frames. */
export function parseFrames(body: string, base: string): string[] {
  return tags(body, "iframe").map(({ src = "" }) => new URL(src, base).href);
}

/** Where the page goes on to by itself, absolute. */
export function parseRefresh(body: string, base: string): string | undefined {
  const meta = tags(body, "meta").find((tag) => tag["http-equiv"]?.toLowerCase() === "refresh");
  const [, url] = /^\s*\d+\s*;\s*url=(.+)$/i.exec(meta?.content ?? "") ?? [];
  return url === undefined ? undefined : new URL(url, base).href;
}

/** What a person reads. */
export function textOf(html: string): string {
  const visible = html.replace(/<(style|script|head)\b[\s\S]*?<\/\1>/g, " ");
  return decode(visible.replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
}

type Attributes = Record<string, string>;

function elements(body: string, name: string): { attributes: Attributes; inner: string }[] {
  const pattern = new RegExp(`<${name}\\b([^>]*)>([\\s\\S]*?)</${name}>`, "gi");
  return [...body.matchAll(pattern)].map(([, attributes = "", inner = ""]) => ({
    attributes: parseAttributes(attributes),
    inner,
  }));
}

function tags(body: string, name: string): Attributes[] {
  const matches = body.matchAll(new RegExp(`<${name}\\b([^>]*)>`, "gi"));
  return [...matches].map(([, attributes = ""]) => parseAttributes(attributes));
}

function parseAttributes(text: string): Attributes {
  const matches = text.matchAll(/([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return Object.fromEntries(
    [...matches].map(([, name = "", a, b, c]) => [name.toLowerCase(), decode(a ?? b ?? c ?? "")]),
  );
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return decimal ? String.fromCodePoint(Number(decimal)) : (ENTITIES[name] ?? whole);
  });
}
