import { expect, it } from "@jest/globals";
import { timesOf } from "../../bench/lib/profile.ts";

const frame = (functionName: string, url = "") => ({
  functionName,
  url,
  scriptId: "0",
  lineNumber: 0,
  columnNumber: 0,
});

it("counts a sample where its innermost known frame belongs, and idle time nowhere", () => {
  const nodes = [
    { id: 1, callFrame: frame("(root)"), children: [2, 4, 5] },
    { id: 2, callFrame: frame("handle", "app.ts"), children: [3] },
    { id: 3, callFrame: frame("native"), children: [6] },
    { id: 4, callFrame: frame("(idle)") },
    { id: 5, callFrame: frame("unknown", "node:x") },
    { id: 6, callFrame: frame("send", "http.ts") },
  ];
  const rules = ["app", "http"].map((name) => ({
    name,
    matches: (_: string, url: string) => url === `${name}.ts`,
  }));
  const samples = [3, 6, 4, 5];
  const timeDeltas = [1_000, 2_000, 4_000, 8_000];
  const profile = { nodes, samples, timeDeltas, startTime: 0, endTime: 15_000 };
  expect([...timesOf(profile, rules, "rest")]).toEqual([
    ["app", 1],
    ["http", 2],
    ["rest", 8],
  ]);
});
