import { expect, it } from "@jest/globals";
import { createProgress, shareOf } from "../../../scripts/accounts/progress.ts";
import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sidPartition,
} from "../../../src/shared/rows/keys.ts";

function terminal(isTTY: boolean) {
  const written: string[] = [];
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0;
  return { written, stream: { isTTY: isTTY as never, columns: 60, write } };
}

it("shows how far through the table a row is", () => {
  const { written, stream } = terminal(true);
  let now = 0;
  const progress = createProgress(stream, () => now);
  for (const key of ["a.VVVV", "s.AA", "x.2026-03-01", "t.2026-03-01"]) {
    progress.row(key);
    now += 100;
  }
  progress.end();
  expect(written.map((text) => text.replace("\r\u001b[2K", ""))).toEqual([
    `${"█".repeat(5)}${"░".repeat(23)}  17 %  2 rows, sids`,
    `${"░".repeat(28)}  3 rows, what expires`,
    `${"░".repeat(28)}  4 rows, what was used once`,
    "",
  ]);
  for (const text of written) expect(text.length).toBeLessThan(60 + "\r\u001b[2K".length);
});

it("writes nothing where nobody watches", () => {
  const { written, stream } = terminal(false);
  const progress = createProgress(stream);
  progress.row("a.VVVV");
  progress.end();
  expect(written).toEqual([]);
});

it("knows that keys come in order, evenly", () => {
  const partitions = Array.from({ length: 500 }, (_, i) =>
    accountPartition(String(i) as HomeAccountId),
  ).sort();
  const shares = partitions.map((partition) => shareOf(partition) ?? Number.NaN);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  for (const [i, share] of shares.entries()) expect(Math.abs(share - i / 500)).toBeLessThan(0.1);
  expect(shareOf(sidPartition("any" as Sid))).toBeDefined();
  expect(shareOf("x.2026-03-01")).toBeUndefined();
  expect(shareOf("e")).toBeUndefined();
});
