import { expect, it } from "@jest/globals";
import { readText } from "../infra/project.ts";
import { bundledReleases, storedByReleases } from "./releases.ts";
import { versionNow } from "./stored.ts";

/** By CHANGELOG.md, newest first. */
const released = [...readText("CHANGELOG.md").matchAll(/^## (\d\S*) - /gm)].map(
  ([, version]) => version,
);

it("every release is kept as soon as it is tagged: what it stored, and the bundle of the last", () => {
  const stored = storedByReleases().map(({ version }) => version);
  const beingTagged = stored.includes(versionNow()) ? undefined : versionNow();
  const tagged = released.filter((version) => version !== beingTagged);
  expect(stored.sort()).toEqual([...tagged].sort());
  expect(bundledReleases()).toEqual(tagged.slice(0, 1));
});
