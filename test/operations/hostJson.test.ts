import { describe, expect, it, test } from "@jest/globals";
import { readHostJson } from "../../local/host/settings.ts";
import { SHORTEST_TIMEOUT } from "../../scripts/doctor/checks/settings.ts";
import { REQUESTS_OVER_MS } from "../../src/shared/store/expiry.ts";
import { END } from "../../src/shared/store/purge.ts";
import { PATIENCE_MS } from "../../src/shared/store/stubbornSignOuts.ts";
import { readText, root } from "../infra/project.ts";

describe("functionTimeout in host.json", () => {
  const { functionTimeout = Number.POSITIVE_INFINITY } = readHostJson(root);

  it("lets what is carried through, and the purge, come to their own ends", () => {
    for (const time of [...Object.values(PATIENCE_MS), ...Object.values(END)]) {
      expect(time).toBeLessThan(functionTimeout);
    }
  });

  it("is what the doctor asks for", () => {
    expect(functionTimeout).toBe(SHORTEST_TIMEOUT);
  });

  it("ends every request long before none counts as under way", () => {
    expect(REQUESTS_OVER_MS / functionTimeout).toBeGreaterThanOrEqual(30);
  });
});

test("no query string, and so no sid, gets into telemetry", () => {
  expect(readText("host.json")).not.toContain("enableQueryStringTracing");
});
