import { styleText } from "node:util";

export type Paint = (format: Parameters<typeof styleText>[0], text: string) => string;

/** A running part, as the start-up screen shows it. */
export interface Place {
  name: string;
  url: string;
  note?: string;
}

export interface Screen {
  title: string;
  /** The first one is where to begin. */
  places: Place[];
  /** What to try, one short sentence each. */
  steps: string[];
}

/** Columns that most terminals have. */
const WIDTH = 100;

/** Colours, if the terminal has them and `NO_COLOR` is not set. */
export const paint: Paint = (format, text) => styleText(format, text, { stream: process.stdout });

/** The start-up screen. If the notes do not fit beside the links, each gets a line of its own. */
export function renderScreen({ title, places, steps }: Screen, paint: Paint): string {
  const nameWidth = Math.max(...places.map(({ name }) => name.length));
  const urlWidth = Math.max(...places.map(({ url }) => url.length));
  const noteWidth = Math.max(...places.map(({ note = "" }) => note.length));
  const isWide = nameWidth + urlWidth + noteWidth + 6 > WIDTH;
  const rows = places.map(({ name, url, note }, index) => {
    const link = paint(index === 0 ? ["bold", "cyan"] : "cyan", url);
    const gap = isWide ? `\n${" ".repeat(nameWidth + 4)}` : " ".repeat(urlWidth - url.length + 2);
    return `  ${name.padEnd(nameWidth)}  ${link}${note === undefined ? "" : gap + paint("dim", note)}`;
  });
  const numbered = steps.map((step, index) => `  ${paint("cyan", `${index + 1}`)}  ${step}`);
  return [
    "",
    `  ${paint("bold", title)}`,
    "",
    ...rows,
    "",
    ...numbered,
    "",
    paint("dim", "  Ctrl-C stops everything."),
    "",
  ].join("\n");
}
