const { app } = require("@azure/functions");
const { lightsout } = require("lightsout/functions");

exports.auth = lightsout(app, {
  graph: [{ method: "GET", path: "me", scopes: ["User.Read"], query: ["$select"] }],
  scopes: ["User.Read"],
});
