import { describe, expect, it } from "@jest/globals";
import type { LogLine } from "../../../local/host/log.ts";
import { renderLog } from "../../../local/log.ts";
import { type Paint, renderScreen } from "../../../local/screen.ts";

const plain: Paint = (_, text) => text;
const tagged: Paint = (format, text) => `<${String(format)}>${text}</>`;

it("the start-up screen", () => {
  const screen = {
    title: "It is running",
    places: [
      { name: "App", url: "http://localhost:1" },
      { name: "Other app", url: "http://other.localhost:22", note: "the other one" },
    ],
    steps: ["Open it.", "Close it."],
  };
  expect(renderScreen(screen, plain)).toBe(`
  It is running

  App        http://localhost:1
  Other app  http://other.localhost:22  the other one

  1  Open it.
  2  Close it.

  Ctrl-C stops everything.
`);
});

it("the start-up screen with links that leave no room for notes", () => {
  const url = `https://login.example/${"a".repeat(70)}`;
  const places = [
    { name: "App", url: "http://localhost:1" },
    { name: "Tenant", url, note: "its note" },
    { name: "Table", url: "http://localhost:2", note: "another note" },
  ];
  expect(renderScreen({ title: "", places, steps: [] }, plain)).toContain(`
  App     http://localhost:1
  Tenant  ${url}
          its note
  Table   http://localhost:2
          another note
`);
});

describe("a log line", () => {
  const at = new Date(2026, 0, 5, 9, 8, 7);
  const render = (line: Partial<LogLine>, paint = plain) =>
    renderLog({ level: "information", category: "user", message: "", ...line }, at, paint);

  it.each<[string, Partial<LogLine>, string | undefined]>([
    ["of the app", { message: "hello" }, "09:08:07  hello"],
    ["of a function", { message: "hello", functionName: "home" }, "09:08:07  home  hello"],
    ["of several lines", { message: "one\ntwo\n" }, "09:08:07  one\n          two"],
    [
      "of an event",
      { message: '{"event":"signin.done","account":"a","found":true}' },
      "09:08:07  signin.done  account=a  found=true",
    ],
    ["that only looks like an event", { message: '{"event":' }, '09:08:07  {"event":'],
    ["of a start", { category: "system", message: "Executing 'Functions.home' (Id=1)" }, undefined],
    [
      "of an end",
      {
        category: "system",
        functionName: "home",
        message: "Executed 'Functions.home' (Succeeded, Id=1, Duration=8ms)",
      },
      "09:08:07  home  8 ms",
    ],
    [
      "of a failure",
      {
        category: "system",
        functionName: "home",
        message: "Executed 'Functions.home' (Failed, Id=1, Duration=8ms)\nError: no",
      },
      "09:08:07  home  failed after 8 ms\n          Error: no",
    ],
    [
      "of the host",
      { category: "system", message: "No job functions found." },
      "09:08:07  No job functions found.",
    ],
    ["for debugging", { level: "debug", message: "hello" }, undefined],
  ])("%s", (_, line, expected) => {
    expect(render(line)).toBe(expected);
  });

  it("stands out when something is wrong", () => {
    expect(render({ level: "warning", message: "careful" }, tagged)).toBe(
      "<dim>09:08:07</>  <yellow>careful</>",
    );
    expect(render({ level: "error", message: "no" }, tagged)).toContain("<red>no</>");
    expect(render({ message: "fine" }, tagged)).toBe("<dim>09:08:07</>  fine");
  });
});
