import { describe, expect, it, test } from "@jest/globals";
import { shared } from "../../support/shared.ts";
import { hostJson, runApp, send } from "./app.ts";

const answerName = "(_, context) => ({ body: context.functionName })";

describe("with an empty route prefix", () => {
  const app = shared(() =>
    runApp(
      {
        settings: { Values: { "AzureWebJobs.disabled.Disabled": "true" } },
        main: `
          const on = (name, route, methods = ["GET"], rest = {}) =>
            app.http(name, { route, methods, authLevel: "anonymous", handler: ${answerName}, ...rest });
          on("zExact", "items/special");
          on("aParam", "items/{id}");
          on("B", "both/x");
          on("a_", "both/{any}");
          on("post", "mixed", ["POST"]);
          on("read", "mixed", ["get"]);
          on("readAgain", "mixed/", ["PUT", "POST"]);
          on("adminPage", "Administrators");
          on("runtimePage", "/runtime/x");
          on("unknown", "x/{id:even}");
          on("1bad", "bad");
          on("host", "host");
          on("disabled", "disabled");
          on("homePage", "{ignored:maxlength(0)?}", ["GET"]);
          app.http("unnamed", { handler: ${answerName} });
          app.http("queued", { extraOutputs: [output.storageQueue({ queueName: "q", connection: "c" })], handler: ${answerName} });
          app.storageQueue("fromQueue", { queueName: "q", connection: "c", handler: () => {} });
        `,
      },
      { keys: { master: "m", default: "d" } },
    ),
  );

  test.each([
    ["GET", "/items/special", 200, "aParam"],
    ["GET", "/both/x", 200, "a_"],
    ["POST", "/mixed", 200, "post"],
    ["GET", "/mixed", 200, "read"],
    ["GET", "/MIXED/", 200, "read"],
    ["GET", "/", 200, "homePage"],
    ["GET", "/unnamed", 200, "unnamed"],
    ["POST", "/unnamed", 200, "unnamed"],
    ["DELETE", "/mixed", 404, ""],
    ["PUT", "/mixed", 404, ""],
    ["HEAD", "/mixed", 404, ""],
    ["OPTIONS", "/mixed", 404, ""],
    ["GET", "/nowhere", 404, ""],
    ["GET", "/administrators", 404, ""],
    ["GET", "/runtime/x", 404, ""],
    ["GET", "/x/2", 404, ""],
    ["GET", "/bad", 404, ""],
    ["GET", "/host", 404, ""],
    ["GET", "/queued", 404, ""],
    ["GET", "/disabled", 404, ""],
    ["GET", "/disabled?code=d", 404, ""],
    ["GET", "/disabled?code=m", 200, "disabled"],
  ])("%s %s: %i %s", async (method, path, status, body) => {
    expect(await send(app.host, path, { method })).toMatchObject({ status, body });
  });

  it("says why a function is not loaded", () => {
    const errors = app.lines.filter(({ level }) => level === "error");
    expect(errors.map(({ message }) => message).sort()).toEqual([
      "The '1bad' function is in error: '1bad' is not a valid function name.",
      "The 'adminPage' function is in error: The specified route conflicts with one or more built in routes.",
      "The 'fromQueue' function is in error: The trigger type 'queueTrigger' is not simulated locally.",
      "The 'host' function is in error: 'host' is not a valid function name.",
      "The 'queued' function is in error: The binding type 'queue' is not simulated locally.",
      "The 'readAgain' function is in error: The route specified conflicts with the route defined by function 'post'.",
      "The 'runtimePage' function is in error: The specified route conflicts with one or more built in routes.",
      `The 'unknown' function is in error: The route constraint "even" is not simulated locally`,
    ]);
  });

  it("lists the functions in the order in which they are tried", () => {
    const names = "aParam a_ B disabled homePage post read unnamed zExact".split(" ");
    expect(app.host.functions.map(({ name }) => name)).toEqual(names);
    expect(app.host.functions[0]).toEqual({
      name: "aParam",
      kind: "http",
      methods: ["GET"],
      route: "items/{id}",
      authLevel: "anonymous",
    });
  });
});

describe("with a route prefix", () => {
  const app = shared(() =>
    runApp({
      host: hostJson({}),
      main: `app.http("hello", { methods: ["GET"], handler: ${answerName} });`,
    }),
  );

  it("serves below it only", async () => {
    expect((await send(app.host, "/api/hello")).body).toBe("hello");
    expect((await send(app.host, "/hello")).status).toBe(404);
    expect(app.host.functions).toMatchObject([{ route: "api/hello" }]);
  });

  it("has the host's own home page", async () => {
    const reply = await send(app.host, "/");
    expect(reply).toMatchObject({ status: 200, headers: { "content-type": ["text/html"] } });
    expect(reply.body).toContain("up and running");
  });
});

it("has no home page when that is disabled", async () => {
  const settings = { Values: { AzureWebJobsDisableHomepage: "true" } };
  const app = await runApp({ main: "", settings });
  try {
    expect(await send(app.host, "/")).toMatchObject({ status: 204, body: "" });
  } finally {
    await app.stop();
  }
});
