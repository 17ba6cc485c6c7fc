import { describe, expect, it } from "@jest/globals";
import { barChart, lineChart } from "../../bench/lib/chart.ts";
import { bytes, number } from "../../bench/lib/format.ts";
import { markdownTable, textTable } from "../../bench/lib/table.ts";
import { createMemoryTable } from "../../bench/world/memoryTable.ts";
import { parseSetCookie } from "../../bench/world/visitor.ts";

describe("numbers", () => {
  it.each([
    [0.123456, "0.12"],
    [1.5, "1.50"],
    [12.34, "12.3"],
    [1234.5, "1,235"],
    [Number.NaN, "–"],
  ])("%p is shown as %p", (value, text) => {
    expect(number(value)).toBe(text);
  });

  it.each([
    [512, "512 B"],
    [41_700, "41.7 kB"],
    [28_000_000, "28.0 MB"],
  ])("%p bytes are shown as %p", (value, text) => {
    expect(bytes(value)).toBe(text);
  });
});

describe("tables", () => {
  const table = { id: "x", title: "Title", columns: ["a", "b"], rows: [["one", "2"]] };

  it("line up in a terminal", () => {
    const [title, rule = "", ...lines] = textTable(table).split("\n");
    expect(title).toBe("Title");
    expect(lines).toEqual(["a    b", rule, "one  2", rule]);
  });

  it("are tables in Markdown too", () => {
    expect(markdownTable(table)).toBe("| a | b |\n| --- | ---: |\n| one | 2 |");
  });
});

describe("charts", () => {
  const chart = barChart({
    title: "Less & <better>",
    subtitle: "",
    series: ["ours", "theirs"],
    groups: [{ label: "calls", values: [1, 2] }],
    format: String,
  });

  it("draw a bar as long as its value", () => {
    const [ours, theirs] = [
      ...chart.matchAll(/class="s\d" x="[\d.]+" y="[\d.]+" width="([\d.]+)"/g),
    ]
      .slice(2)
      .map(([, width]) => Number(width));
    expect(theirs).toBeCloseTo(2 * (ours ?? 0), 0);
  });

  it("show text as text", () => {
    expect(chart).toContain("Less &#38; &#60;better&#62;");
    expect(chart).not.toContain("<better>");
  });

  it("follow the reader's preference for dark", () => {
    expect(chart).toContain("prefers-color-scheme: dark");
  });

  it("draw lines within their frame", () => {
    const series = [{ label: "heap", points: [[0, 10] as const, [60, 20] as const] }];
    const svg = lineChart({ title: "", subtitle: "", xLabel: "s", series, format: String });
    const [, points = ""] = /points="([^"]+)"/.exec(svg) ?? [];
    const [, height = ""] = /viewBox="0 0 \d+ (\d+)"/.exec(svg) ?? [];
    expect(points.split(" ")).toHaveLength(2);
    for (const label of ["0", "20", "40", "60 s", "5", "10", "15"])
      expect(svg).toContain(`>${label}<`);
    for (const y of points.split(" ").map((point) => Number(point.split(",")[1]))) {
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(Number(height));
    }
  });
});

describe("the table in memory", () => {
  it("gives back what was put in, once", async () => {
    const table = createMemoryTable();
    await table.insert({ partitionKey: "a", rowKey: "b", value: 1 });
    expect(await table.get("a", "b")).toMatchObject({ value: 1, etag: expect.any(String) });
    expect(table.take()).toEqual([{ partitionKey: "a", rowKey: "b", value: 1 }]);
    expect(table.take()).toEqual([]);
  });
});

describe("Set-Cookie", () => {
  it.each([
    ["a=b; max-age=60; path=/", { name: "a", value: "b", maxAge: 60 }],
    ["a=; Max-Age=0", { name: "a", value: "", maxAge: 0 }],
  ])("%p is understood", (header, cookie) => {
    expect(parseSetCookie(header)).toEqual(cookie);
  });
});
