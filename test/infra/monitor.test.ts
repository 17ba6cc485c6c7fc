import { globSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import * as errors from "../../src/shared/base/errors.ts";
import { ANSWERS } from "./azure.ts";
import { deploy } from "./deployment.ts";
import type { Values } from "./evaluate.ts";
import { loggedEvents, readJson, readText, root } from "./project.ts";

interface Item {
  readonly type: number;
  readonly name: string;
  readonly content: { readonly query?: string; readonly timeContextFromParameter?: string };
}

interface Rule {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly threshold: number;
  /** ISO 8601 durations. */
  readonly frequency: string;
  readonly window: string;
  readonly query: string;
}

const events = loggedEvents();
const functions = globSync("src/functions/*.ts", { cwd: root }).map((path) =>
  basename(path, ".ts"),
);

const alerts = readJson<Rule[]>("infra/monitor/alerts.json");
const workbook = readJson<{ items: Item[] }>("infra/monitor/workbook.json");
const charts = workbook.items.filter(({ content }) => content.query !== undefined);
const queries = [
  ...alerts.map(({ name, query }) => ({ name, query })),
  ...charts.map(({ name, content }) => ({ name, query: content.query ?? "" })),
];

describe.each(queries)("the query of $name", ({ query }) => {
  const words = [...query.matchAll(/'([^']*)'/g)].map(([, word = ""]) => word);
  const prefixed = [...query.matchAll(/"event":"([a-z_.]+)"/g)].map(([, name = ""]) => name);

  it("asks for log events that exist", () => {
    const named = [...words.filter((word) => /^[a-z_]+(\.[a-z_]+)+$/.test(word)), ...prefixed];
    expect(named.filter((name) => !events.has(name))).toEqual([]);
    expect(named.length > 0 || query.startsWith("AppRequests")).toBe(true);
  });

  it("asks for functions that exist", () => {
    const named = words.filter((word) => /^(auth[A-Z]\w+|account|graph|home)$/.test(word));
    expect(named.filter((name) => !functions.includes(name))).toEqual([]);
  });

  it("counts what sampling and the app's log hold back, too", () => {
    const weighed =
      /ItemCount \* coalesce\(tolong\((?:Entry|parse_json\(Message\))\['count'\]\), 1\)/g;
    expect(query.replaceAll(weighed, "")).not.toContain("ItemCount");
  });

  it("closes what it opens", () => {
    const plain = query.replaceAll(/'[^']*'/g, "");
    for (const [open, close] of ["()", "{}"].map((pair) => pair.split("") as [string, string])) {
      expect(plain.split(open).length).toBe(plain.split(close).length);
    }
    expect(plain).not.toContain("'");
  });
});

test("the log lines begin the way the queries expect", () => {
  expect(readText("src/invocations.ts")).toContain("JSON.stringify({ event, ...details })");
});

describe("the workbook", () => {
  it("has a chart for sign-outs, their duration, storage retries and purge", () => {
    expect(charts.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["signouts", "signout-duration", "storage", "purge"]),
    );
    expect(new Set(charts.map(({ name }) => name)).size).toBe(charts.length);
  });

  it("shows every kind of sign-out", () => {
    const shown = charts.map(({ content }) => content.query).join();
    const kinds = [...events].filter((event) => event.startsWith("signout."));
    expect(kinds.filter((event) => !shown.includes(`'${event}'`))).toEqual([]);
  });

  it("shows what becomes of the binding of sessions to devices", () => {
    const { content } = charts.find(({ name }) => name === "binding") ?? {};
    const kinds = [...events].filter((event) => /^(binding|proof)\.|\.(un)?bound$/.test(event));
    expect(kinds).toHaveLength(5);
    expect(kinds.filter((event) => !content?.query?.includes(`'${event}'`))).toEqual([]);
  });

  it("lets one choose the time", () => {
    for (const { content } of charts) expect(content.timeContextFromParameter).toBe("TimeRange");
    expect(JSON.stringify(workbook)).toContain('"name":"TimeRange"');
  });

  it("is deployed with the workspace in it", () => {
    const { properties } = deploy().monitoring.resource<{ properties: Values }>("workbook");
    expect(properties.sourceId).toBe(ANSWERS.workspace.resourceId);
    const serializedData = String(properties.serializedData);
    expect(JSON.parse(serializedData)).toMatchObject({
      version: "Notebook/1.0",
      fallbackResourceIds: [ANSWERS.workspace.resourceId],
    });
    expect(serializedData).not.toContain("__WORKSPACE__");
  });
});

describe("the alert rules", () => {
  it.each(alerts)("$name is deployed", ({ name, frequency, window, query, ...rule }) => {
    const rules = deploy().monitoring.resource<Values[]>("alerts");
    const { displayName, description, severity, threshold } = rule;
    expect(rules.find((candidate) => candidate.name === `lightsout-${name}`)).toMatchObject({
      kind: "LogAlert",
      properties: {
        enabled: true,
        displayName,
        description,
        severity,
        scopes: [ANSWERS.workspace.resourceId],
        evaluationFrequency: frequency,
        windowSize: window,
        skipQueryValidation: true,
        criteria: {
          allOf: [
            {
              query,
              timeAggregation: "Total",
              metricMeasureColumn: "Events",
              operator: "GreaterThan",
              threshold,
            },
          ],
        },
        actions: { actionGroups: [] },
      },
    });
    expect(query).toMatch(/\| summarize Events = (sum\(ItemCount.*\)|count\(\))$/);
  });

  it("look no further back than their window", () => {
    const hours: Record<string, number> = { PT15M: 0.25, P2D: 48 };
    for (const { query, window } of alerts) {
      const ago = [...query.matchAll(/ago\((\d+)h\)/g)].map(([, hour]) => Number(hour));
      expect(Math.max(0, ...ago)).toBeLessThan(hours[window] ?? 0);
    }
  });

  it("know the errors that they ask for by their names", () => {
    const asked = alerts.flatMap(({ query }) => [...query.matchAll(/ has '(\w+)'/g)]);
    expect(asked.length).toBeGreaterThan(0);
    for (const [, name = ""] of asked) expect(errors).toHaveProperty(name);
  });

  it("tell of sign-outs that are held up before they are given up", () => {
    const rule = alerts.find(({ query }) => query.includes("signout.delayed"));
    expect(rule).toMatchObject({ threshold: 0, frequency: "PT5M" });
  });

  it("send a mail when there is an address", () => {
    const { monitoring } = deploy({ alertEmail: "ops@example.com" });
    const rules = monitoring.resource<Values[]>("alerts");
    expect(rules).toHaveLength(alerts.length);
    const actions = { actionGroups: [ANSWERS.actionGroup.id] };
    for (const rule of rules) expect(rule).toMatchObject({ properties: { actions } });
    expect(monitoring.resource("actionGroup")).toMatchObject({
      properties: { enabled: true, emailReceivers: [{ emailAddress: "ops@example.com" }] },
    });
  });
});

it("Application Insights takes telemetry from the app's identity only, without addresses of users", () => {
  expect(deploy().monitoring.arguments("applicationInsights")).toMatchObject({
    disableLocalAuth: true,
    disableIpMasking: false,
  });
});
