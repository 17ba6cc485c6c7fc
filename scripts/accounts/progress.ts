import type { WriteStream } from "node:tty";

export interface Progress {
  /** Counts a row. Rows come in the order of their keys, so the key says how far the work is. */
  row(partitionKey: string): void;
  /** Removes the bar. */
  end(): void;
}

const WIDTH = 28;
/** Milliseconds between two drawings. */
const PACE = 100;
/** The digits of base64url, in the order in which Table Storage sorts them. */
const DIGITS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

/** Writes nothing without a terminal. */
export function createProgress(
  stream: Pick<WriteStream, "isTTY" | "columns" | "write"> = process.stderr,
  now: () => number = Date.now,
): Progress {
  if (!stream.isTTY) return { row() {}, end() {} };
  let rows = 0;
  let drawnAt = now();
  return {
    row(partitionKey) {
      rows++;
      if (now() - drawnAt < PACE) return;
      drawnAt = now();
      const line = `${bar(shareOf(partitionKey))}  ${rows.toLocaleString("en-US")} rows, ${sectionOf(partitionKey)}`;
      stream.write(`\r\u001b[2K${line.slice(0, (stream.columns ?? 80) - 1)}`);
    },
    end: () => void stream.write("\r\u001b[2K"),
  };
}

const SECTIONS: Readonly<Record<string, string>> = {
  a: "accounts",
  e: "early sign-outs",
  s: "sids",
  t: "what was used once",
  u: "subjects",
  x: "what expires",
};

function sectionOf(partitionKey: string): string {
  return SECTIONS[partitionKey[0] ?? ""] ?? "others";
}

/** How far a partition is through its section. Ids are hashes, so they are spread evenly. */
export function shareOf(partitionKey: string): number | undefined {
  const [, first = "", second = ""] = /^[asu]\.(.)(.)/.exec(partitionKey) ?? [];
  const high = DIGITS.indexOf(first || "?");
  const low = DIGITS.indexOf(second || "?");
  return high < 0 || low < 0 ? undefined : (high * DIGITS.length + low) / DIGITS.length ** 2;
}

function bar(share: number | undefined): string {
  if (share === undefined) return "░".repeat(WIDTH);
  const filled = Math.round(share * WIDTH);
  return `${"█".repeat(filled)}${"░".repeat(WIDTH - filled)} ${String(Math.round(share * 100)).padStart(3)} %`;
}
