const { app } = require("@azure/functions");
const { titles } = require("../reports.js");

app.http("reports", {
  methods: ["GET"],
  authLevel: "anonymous",
  handler: () => ({
    headers: { "content-type": "text/html; charset=utf-8" },
    body: `<!doctype html><html lang="en"><title>Reports</title><h1>Reports</h1><p>${titles().join(", ")}</p>
<p><a href="auth/signin?returnTo=/api/reports/mine">My reports</a></p></html>`,
  }),
});
