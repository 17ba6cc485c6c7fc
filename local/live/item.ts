/** One line in a list of the page. */
export interface Item {
  /** Identifies it in its list. */
  id: string;
  title: string;
  detail: string;
  time?: string;
}

/** @param at Milliseconds since 1970. */
export function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** Shortens hashes and random ids. */
export function shorten(text: string): string {
  return text.replace(/[\w.-]{22,}/g, (id) => `${id.slice(0, 8)}…`);
}

export function inBytes(size: number): string {
  return size < 1_000 ? `${size} bytes` : `${(size / 1_000).toFixed(1)} kB`;
}
