const { app } = require("@azure/functions");
const { auth } = require("../auth.js");
const { titlesOf } = require("../reports.js");

exports.myReports = auth.signedIn(async (_request, _context, session) => ({
  body: `Reports of ${session.account.name}: ${titlesOf(session.account.username).join(", ")}`,
}));

app.http("myReports", {
  methods: ["GET"],
  route: "reports/mine",
  authLevel: "anonymous",
  handler: exports.myReports,
});
