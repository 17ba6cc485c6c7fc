import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, request } from "node:http";
import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { isFree } from "../../../local/ports.ts";
import { eventually } from "../../support/eventually.ts";
import { listen } from "../../support/listen.ts";
import { createApp, failToRun, hostJson, runApp, send } from "./app.ts";

const HOST = resolve(import.meta.dirname, "../../../local/host");
const hello = `app.http("hello", { handler: () => ({ body: "hello" }) });`;

describe("starting", () => {
  it("serves on both loopback addresses", async () => {
    const { host, stop } = await runApp({ main: hello });
    expect(host.url).toBe(`http://localhost:${host.port}`);
    expect((await send(host, "/hello")).body).toBe("hello");
    const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
      addresses?.some(({ address }) => address === "::1"),
    );
    if (hasIpv6) expect((await send(host, "/hello", { address: "::1" })).body).toBe("hello");
    await stop();
  });

  it.each([
    ["throws", `throw new Error("no reason");`, undefined, '"main.cjs": no reason'],
    ["throws no error", `throw "no reason";`, undefined, '"main.cjs": no reason'],
    ["is missing", "", "dist/main.cjs", '"dist/main.cjs": File does not exist'],
  ])("runs without functions when the entry point %s, and says why", async (_, text, file, why) => {
    const start = { main: text };
    const { host, lines, stop } = await runApp(start, file === undefined ? {} : { main: file });
    expect(host.functions).toEqual([]);
    const complaints = lines.filter(({ message }) => message.includes("entry point"));
    expect(complaints).toEqual([
      {
        level: "error",
        category: "system",
        message: `Worker was unable to load entry point ${why}`,
      },
    ]);
    for (const path of ["/health", "/auth/logout-callback?sid=s"]) {
      expect(await send(host, path)).toMatchObject({ status: 404, body: "" });
    }
    expect((await send(host, "/")).body).toContain("up and running");
    await stop();
  });

  it("goes on with what was registered before the entry point threw", async () => {
    const { host, stop } = await runApp({ main: `${hello} throw new Error("too late");` });
    expect(await send(host, "/hello")).toMatchObject({ status: 200, body: "hello" });
    await stop();
  });

  it("fails when the app exits, rejects, or never comes up", async () => {
    const exits = await failToRun({ main: `console.error("giving up"); process.exit(3);` });
    expect(exits).toMatchObject({
      message: "The app ended while it started (code 3)",
      stderr: "giving up\n",
    });
    const rejects = await failToRun({
      main: `app.hook.appStart(() => new Promise(() => {})); Promise.reject(new Error("async"));`,
    });
    expect(rejects.message).toBe("The app ended while it started (code 1)");
    expect(rejects.stderr).toContain("Error: async");
    const hangs = await failToRun({ main: "for (;;);" }, { readyTimeoutMs: 300 });
    expect(hangs.message).toBe("The app was not ready within 300 ms");
    const hook = await failToRun({
      main: `app.hook.appStart(() => { throw new Error("hook"); });`,
    });
    expect(hook.message).toBe("hook");
  });

  it("fails when host.json or the port is no good", async () => {
    const files = { "host.json": "{" };
    expect((await failToRun({ main: "", files })).message).toMatch("host.json is not valid JSON");
    const other = createServer();
    const port = await listen(other);
    const taken = await failToRun({ main: hello }, { port });
    expect(taken.message).toContain(`Port ${port} is unavailable`);
    other.close();
  });

  it("starts without functions, as the real host does, and says so", async () => {
    const { host, lines, stop } = await runApp({ main: "" });
    expect(host.functions).toEqual([]);
    expect(lines).toContainEqual({
      level: "warning",
      category: "system",
      message: "No job functions found.",
    });
    await stop();
  });
});

it("gives the app its environment", async () => {
  process.env.HOST_TEST_INHERITED = "inherited";
  process.env.HOST_TEST_REPLACED = "lost";
  const names = [
    ...["HOST_TEST_INHERITED", "HOST_TEST_REPLACED", "FROM_SETTINGS", "FROM_OPTIONS"],
    ...["FUNCTIONS_WORKER_RUNTIME", "AZURE_FUNCTIONS_ENVIRONMENT", "WEBSITE_HOSTNAME"],
  ];
  const { host, stop } = await runApp(
    {
      settings: {
        Values: { HOST_TEST_INHERITED: "lost", FROM_SETTINGS: "1", FROM_OPTIONS: "lost" },
      },
      main: `
        const values = ${JSON.stringify(names)}.map((name) => process.env[name]);
        app.http("env", { handler: () => ({ jsonBody: [...values, process.cwd() === __dirname] }) });`,
    },
    { env: { FROM_OPTIONS: "won", HOST_TEST_REPLACED: "replaced" } },
  );
  const { body } = await send(host, "/env");
  await stop();
  delete process.env.HOST_TEST_INHERITED;
  delete process.env.HOST_TEST_REPLACED;
  const hostname = `localhost:${host.port}`;
  expect(JSON.parse(body)).toEqual([
    ...["inherited", "replaced", "1", "won", "node", "Development", hostname, true],
  ]);
});

describe("an app that misbehaves", () => {
  it("dies of an uncaught exception, with everything in flight", async () => {
    const { host, lines, stop } = await runApp({
      main: `
        process.on("uncaughtException", () => {});
        app.http("hang", { handler: (_, context) => { context.log("hanging"); return new Promise(() => {}); } });
        app.http("crash", { handler: () => { setImmediate(() => { throw new Error("boom"); }); return new Promise(() => {}); } });`,
    });
    const hanging = expect(send(host, "/hang")).rejects.toThrow("socket hang up");
    await eventually(() => lines.some(({ message }) => message === "hanging"));
    await expect(send(host, "/crash")).rejects.toThrow("socket hang up");
    await hanging;
    expect(await host.exited).toEqual({ code: 1, signal: null });
    expect(lines.map(({ message }) => message).join("\n")).toContain("boom");
    await stop();
  });

  it("dies of an unhandled rejection", async () => {
    const { host, stop } = await runApp({
      main: `app.http("crash", { handler: () => { Promise.reject(new Error("boom")); return {}; } });`,
    });
    await send(host, "/crash").catch(() => {});
    expect(await host.exited).toEqual({ code: 1, signal: null });
    await stop();
  });

  it("gets 500 when it takes longer than functionTimeout", async () => {
    const { host, lines, stop } = await runApp({
      host: hostJson(undefined, { functionTimeout: "00:00:01" }),
      main: `app.http("hang", { handler: () => new Promise(() => {}) }); ${hello}`,
    });
    expect(await send(host, "/hang")).toMatchObject({ status: 500, body: "" });
    expect((await send(host, "/hello")).status).toBe(200);
    expect(lines.map(({ message }) => message).join("\n")).toContain("Timeout value of 1000 ms");
    await stop();
  });
});

it("lets a function run on when the client goes away", async () => {
  const { host, lines, stop } = await runApp({
    main: `
      let proceed;
      app.http("slow", { handler: async (_, context) => {
        context.log("started");
        await new Promise((resolve) => { proceed = resolve; });
        context.log("finished");
        return { body: "x" };
      } });
      app.http("proceed", { handler: () => { proceed(); return {}; } });`,
  });
  const client = request({ host: "127.0.0.1", port: host.port, path: "/slow" });
  const gone = new Promise((done) => client.on("error", () => {}).on("close", done));
  client.end();
  await eventually(() => lines.some(({ message }) => message === "started"));
  client.destroy();
  await gone;
  expect((await send(host, "/proceed")).status).toBe(200);
  await eventually(() => lines.some(({ message }) => message === "finished"));
  await stop();
});

describe("stopping", () => {
  it("waits for a request in flight", async () => {
    const { host, lines, stop } = await runApp({
      main: `app.http("slow", { handler: async (_, context) => {
        context.log("started");
        await new Promise((resolve) => setTimeout(resolve, 100));
        return { body: "done" };
      } });`,
    });
    const reply = send(host, "/slow");
    await eventually(() => lines.some(({ message }) => message === "started"));
    await stop();
    expect((await reply).body).toBe("done");
  });

  it("comes by itself when the parent is killed", async () => {
    const app = await createApp({ main: hello });
    const url = pathToFileURL(`${HOST}/host.ts`).href;
    const script = `
      const { startHost } = await import(${JSON.stringify(url)});
      const host = await startHost({ root: ${JSON.stringify(app.root)} });
      console.log(host.port);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script]);
    const port = Number((await once(parent.stdout, "data"))[0]);
    expect(await isFree(port)).toBe(false);
    parent.kill("SIGKILL");
    await eventually(() => isFree(port));
    await app.remove();
  });
});
