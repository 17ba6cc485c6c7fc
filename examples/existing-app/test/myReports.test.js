const assert = require("node:assert/strict");
const { test } = require("node:test");
const { InvocationContext } = require("@azure/functions");
const { testUsers } = require("lightsout/testing");
const { auth } = require("../src/auth.js");
const { myReports } = require("../src/functions/myReports.js");

const users = testUsers(auth);
const visit = (user) => myReports(user.request("/api/reports/mine"), new InvocationContext());

test("nobody sees reports without signing in", async () => {
  assert.equal((await visit(users)).status, 401);
});

test("a user sees the own reports, until a sign-out", async () => {
  const adele = await users.signIn({
    name: "Adele Vance",
    claims: { preferred_username: "adelev@contoso.com" },
  });
  assert.equal((await visit(adele)).body, "Reports of Adele Vance: Spring");
  await adele.signOut();
  assert.equal((await visit(adele)).status, 401);
});
