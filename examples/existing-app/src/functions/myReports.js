const { app } = require("@azure/functions");
const { auth } = require("../auth.js");
const { titlesOf } = require("../reports.js");

app.http("myReports", {
  methods: ["GET"],
  route: "reports/mine",
  authLevel: "anonymous",
  handler: auth.signedIn(async (_request, _context, session) => ({
    body: `Reports of ${session.account.name}: ${titlesOf(session.account.username).join(", ")}`,
  })),
});
