import { expect, it } from "@jest/globals";
import { eventually } from "../../support/eventually.ts";
import { runApp, send } from "./app.ts";

it("runs hooks around the app and around every invocation", async () => {
  const { host, lines, stop } = await runApp({
    main: `
      app.hook.appStart((context) => { context.hookData.secret = 1; console.log("appStart"); });
      app.hook.appTerminate((context) => console.log("appTerminate " + context.hookData.secret));
      app.hook.preInvocation((context) => {
        context.hookData.started = context.invocationContext.functionName;
        context.inputs = [{ replaced: true }];
        const handler = context.functionHandler;
        context.functionHandler = (...args) => ({ jsonBody: { wrapped: handler(...args) } });
      });
      app.hook.postInvocation((context) => {
        if (context.error) { context.error = null; context.result = { body: "saved" }; }
        context.result.headers = { "x-started": context.hookData.started };
        context.invocationContext.log("from a hook");
      });
      app.http("hello", { handler: (request) => request.replaced });
      app.http("broken", { handler: () => { throw new Error("no luck"); } });`,
  });
  const hello = await send(host, "/hello");
  expect(hello).toMatchObject({ status: 200, body: '{"wrapped":true}' });
  expect(hello.headers["x-started"]).toEqual(["hello"]);
  expect(await send(host, "/broken")).toMatchObject({ status: 200, body: "saved" });
  await stop();
  const messages = lines.map(({ message }) => message);
  expect(messages).toEqual(expect.arrayContaining(["appStart", "from a hook", "appTerminate 1"]));
  expect(messages.join()).not.toContain("Unexpected call to 'log'");
});

it("fails the invocation when a hook throws", async () => {
  const { host, stop } = await runApp({
    main: `
      app.hook.preInvocation(() => { throw new Error("hook"); });
      app.http("hello", { handler: () => ({ body: "x" }) });`,
  });
  expect(await send(host, "/hello")).toMatchObject({ status: 500, body: "" });
  await stop();
});

it("logs what the app says, with the function and the invocation", async () => {
  const { host, lines, stop } = await runApp({
    main: `
      app.http("talk", {
        handler: (_, context) => {
          context.log("one", { two: 2 });
          context.trace("t"); context.debug("d"); context.warn("w"); context.error("e");
          console.log("printed");
          console.error("complained");
          setImmediate(() => context.log("late"));
          return { body: context.invocationId };
        },
      });`,
  });
  const { body: invocationId } = await send(host, "/talk");
  await eventually(() => lines.some(({ message }) => message === "late"));
  await stop();

  const own = lines.filter(({ category }) => category === "user");
  const about = { category: "user", functionName: "talk", invocationId };
  expect(own).toEqual(
    expect.arrayContaining([
      { ...about, level: "information", message: "one { two: 2 }" },
      { ...about, level: "trace", message: "t" },
      { ...about, level: "debug", message: "d" },
      { ...about, level: "warning", message: "w" },
      { ...about, level: "error", message: "e" },
      { level: "information", category: "user", message: "printed" },
      { level: "error", category: "user", message: "complained" },
    ]),
  );
  const system = lines.filter(({ category }) => category === "system");
  expect(system.map(({ message }) => message)).toEqual(
    expect.arrayContaining([
      `Executing 'Functions.talk' (Id=${invocationId})`,
      expect.stringMatching(/^Executed 'Functions.talk' \(Succeeded, Id=.*, Duration=\d+ms\)$/),
      expect.stringContaining("Unexpected call to 'log' on the context object after"),
    ]),
  );
});

it("passes the trace of the request on", async () => {
  const { host, stop } = await runApp({
    main: `app.http("trace", { handler: (_, { traceContext }) => ({ body: traceContext.traceParent }) });`,
  });
  const id = "0af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${id}-b7ad6b7169203331-01` };
  expect((await send(host, "/trace", { headers })).body).toMatch(`00-${id}-`);
  expect((await send(host, "/trace")).body).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  await stop();
});

it("refuses what the real worker refuses", async () => {
  const twice = await runApp({
    main: `app.http("a", { handler: () => ({}) }); app.http("a", { handler: () => ({}) });`,
  });
  expect(twice.lines.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('A function with id "a" has already been registered.'),
  );
  await twice.stop();
  const { host, lines, stop } = await runApp({
    main: `
      app.http("late", {
        handler: (_, context) => {
          for (const act of [
            () => app.http("new", { handler: () => ({}) }),
            () => app.setup({ capabilities: { a: true } }),
            () => app.hook.log(() => {}),
          ]) try { act(); } catch (error) { context.log(error.message); }
        },
      });`,
  });
  await send(host, "/late");
  await stop();
  const messages = lines.map(({ message }) => message);
  expect(messages).toContain("A function can only be registered during app startup.");
  expect(messages).toContain("Setup options can't be changed after app startup has finished.");
  expect(messages).toContain("Log hooks require Azure Functions Host v4.34 or higher.");
});
