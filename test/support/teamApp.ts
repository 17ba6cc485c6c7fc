import { app, type HttpHandler } from "@azure/functions";
import { lightsout } from "../../src/lightsout.ts";

/*
 * A Functions app of a team's own, which adds Lightsout. teamRig.ts bundles and runs it.
 */

const auth = lightsout(app, {
  graph: [
    { method: "GET", path: "me", scopes: ["User.Read"] },
    { method: "GET", path: "me/messages", scopes: ["Mail.Read"] },
    { method: "POST", path: "me/sendMail", scopes: ["Mail.Send"] },
  ],
  scopes: ["User.Read"],
  functions: { home: true },
  revokeSignInSessions: true,
});

const add = (name: string, handler: HttpHandler) =>
  app.http(name, {
    route: `team/${name}`,
    methods: ["GET", "POST"],
    authLevel: "anonymous",
    handler,
  });

const served: Parameters<typeof auth.signedIn>[1] = async (request, _, { account }) => ({
  body: `Served ${account.username} by ${request.method}`,
});

add("plain", auth.signedIn(served));
add("strong", auth.signedIn({ authenticationContext: "c1" }, served));
add("stronger", auth.signedIn({ authenticationContext: "c2" }, served));
add("recent", auth.signedIn({ maxAge: 60 }, served));
add("mail", auth.signedIn({ scopes: ["Mail.Read"] }, served));
add("page", async () => ({ body: "<title>The team's page</title>", headers: HTML }));

const HTML = { "content-type": "text/html" };
