import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { readText, root } from "../infra/project.ts";

const pages = ["*.md", "{docs,examples,local,.github}/**/*.md"].flatMap((pattern) =>
  globSync(pattern, { cwd: root, exclude: (path) => path.includes("node_modules") }),
);

/** As GitHub makes an anchor of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/\[(.*?)\]\(.*?\)/g, "$1")
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** The files, and the headings in them, that a page leads to, as `path` or `path#anchor`. */
function targets(page: string): string[] {
  const links = readText(page)
    .replaceAll(/^```.*?^```/gms, "")
    .matchAll(/\]\((?!\w+:)([^)\s]+)\)/g);
  return [...links].map(([, link = ""]) => {
    const [path, anchor] = link.split("#");
    const file = path ? join(dirname(page), path) : page;
    return anchor && file.endsWith(".md") ? `${file}#${anchor}` : file;
  });
}

function isThere(target: string): boolean {
  const [file = "", anchor] = target.split("#");
  if (!existsSync(join(root, file))) return false;
  const headings = anchor ? readText(file).matchAll(/^#+ (.*)$/gm) : [];
  return anchor === undefined || [...headings].some(([, text = ""]) => anchorOf(text) === anchor);
}

test.each(pages)("%s links to files and headings that are there", (page) => {
  expect(targets(page).filter((target) => !isThere(target))).toEqual([]);
});

test("every picture is on a page", () => {
  const shown = pages.flatMap(targets);
  const pictures = globSync("docs/images/*", { cwd: root });
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.filter((picture) => !shown.includes(picture))).toEqual([]);
});

test("decisions name weaknesses that the explorer tries", () => {
  const tried = readText("test/races/weaknesses.test.ts");
  const named = globSync("docs/decisions/*.md", { cwd: root }).flatMap((page) => {
    const [, tests = ""] = readText(page).split("**The tests that fail.**");
    return [...tests.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
  });
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !tried.includes(`"${name}"`))).toEqual([]);
});
