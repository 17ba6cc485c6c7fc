import { describe, expect, it, test } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { shared } from "../../support/shared.ts";
import { runApp, send } from "./app.ts";

const keys = { master: "master-key", default: "default-key" };

describe("on demand", () => {
  const app = shared(() =>
    runApp(
      {
        settings: { Values: { EVERY: "0 */5 * * * *" } },
        main: `
          app.timer("purge", {
            schedule: "%EVERY%",
            handler: (timer, context) => context.log("ran " + JSON.stringify(timer)),
          });
          app.timer("loose", {
            schedule: "* * * * * *",
            useMonitor: false,
            handler: (timer, context) => context.log("ran " + JSON.stringify(timer)),
          });
          app.timer("broken", { schedule: "0 0 * * * *", handler: () => { throw new Error("no luck"); } });
          app.timer("unset", { schedule: "%NOT_SET%", handler: () => {} });
          app.timer("wrong", { schedule: "00:05:00", handler: () => {} });
          app.http("page", { route: "{*rest}", handler: () => ({ body: "page" }) });`,
      },
      { keys },
    ),
  );

  function runs(name: string): unknown[] {
    const texts = app.lines
      .filter(({ functionName, message }) => functionName === name && message.startsWith("ran "))
      .map(({ message }) => message.slice("ran ".length));
    return texts.map((text) => JSON.parse(text));
  }

  it("runs to its end, with what a timer function is given", async () => {
    await app.host.runTimer("purge");
    expect(runs("purge")).toEqual([
      {
        schedule: { adjustForDST: true },
        scheduleStatus: {
          last: "0001-01-01T00:00:00",
          lastUpdated: "0001-01-01T00:00:00",
          next: expect.stringMatching(/^20\d\d-.*:[0-5][05]:00\.000Z$/),
        },
        isPastDue: false,
      },
    ]);
  });

  it("has no status without a monitor, and did not run by itself", async () => {
    await app.host.runTimer("loose");
    expect(runs("loose")).toEqual([expect.objectContaining({ scheduleStatus: null })]);
  });

  it("rejects with what the function threw", async () => {
    await expect(app.host.runTimer("broken")).rejects.toThrow("no luck");
  });

  it("rejects when there is no such timer function", async () => {
    await expect(app.host.runTimer("page")).rejects.toThrow('no timer function "page"');
    await expect(app.host.runTimer("unset")).rejects.toThrow('no timer function "unset"');
  });

  it("leaves out a timer without a schedule", () => {
    const messages = app.lines.map(({ message }) => message);
    expect(messages).toContain(
      "The 'unset' function is in error: '%NOT_SET%' does not resolve to a value.",
    );
    expect(messages).toContainEqual(
      expect.stringMatching(/^The 'wrong' function .* is not a valid NCRONTAB expression/),
    );
    expect(app.host.functions).toContainEqual({ name: "purge", kind: "timer" });
  });

  const admin = { "x-functions-key": "master-key", "content-type": "application/json" };

  test.each([
    ["/admin/functions/purge", {}, 202],
    ["/ADMIN/functions/PURGE", {}, 202],
    ["/admin/functions/page", {}, 202],
    ["/admin/functions/nowhere", {}, 404],
    ["/admin/functions/purge", { headers: { "content-type": "application/json" } }, 401],
    ["/admin/functions/purge", { headers: { ...admin, "x-functions-key": "default-key" } }, 401],
    ["/admin/functions/nowhere", { headers: { "content-type": "application/json" } }, 401],
    ["/admin/functions/purge", { headers: { "x-functions-key": "master-key" } }, 415],
    ["/admin/functions/purge", { body: "" }, 400],
    ["/admin/functions/purge", { body: "[]" }, 400],
    ["/admin/functions/purge", { method: "GET" }, 404],
    ["/admin/host/keys", {}, 404],
    ["/runtime/webhooks/x", {}, 404],
  ])("POST %s with %j: %i", async (path, options, status) => {
    const sent = { method: "POST", headers: admin, body: '{"input":""}', ...options };
    expect(await send(app.host, path, sent)).toMatchObject({ status, body: "" });
  });

  it("rejects when the host dies meanwhile", async () => {
    const hung = await runApp({
      main: `app.timer("hang", { schedule: "0 0 * * * *", handler: (_, c) => { c.log("hangs"); return new Promise(() => {}); } });`,
    });
    const run = expect(hung.host.runTimer("hang")).rejects.toThrow("The host is gone");
    await eventually(() => hung.lines.some(({ message }) => message === "hangs"));
    hung.host.kill();
    await run;
    await hung.stop();
  });
});

it("runs at startup when it says so", async () => {
  const { lines, stop } = await runApp({
    main: `app.timer("eager", { schedule: "0 0 0 1 1 *", runOnStartup: true, handler: (_, c) => c.log("at startup") });`,
  });
  await eventually(() => lines.some(({ message }) => message === "at startup"));
  await stop();
});

it("runs on schedule when that is asked for, also after a failure", async () => {
  const app = await runApp(
    {
      main: `
        let count = 0;
        app.timer("tick", {
          schedule: "* * * * * *",
          handler: (timer, context) => {
            context.log("tick " + timer.scheduleStatus.last);
            if (count++ === 0) throw new Error("once");
          },
        });
        app.timer("off", { schedule: "* * * * * *", handler: (_, context) => context.log("tick") });`,
      settings: { Values: { "AzureWebJobs.off.Disabled": "1" } },
    },
    { timers: true },
  );
  const ticks = await eventually(() => {
    const found = app.lines.filter(({ message }) => message.startsWith("tick"));
    return found.length >= 3 ? found : undefined;
  });
  await app.stop();
  expect(ticks.map(({ functionName }) => functionName)).not.toContain("off");
  expect(ticks[0]?.message).toBe("tick 0001-01-01T00:00:00");
  const times = ticks.slice(1).map(({ message }) => Date.parse(message.slice("tick ".length)));
  expect(times.every((time) => time > 0 && time % 1000 === 0)).toBe(true);
});
