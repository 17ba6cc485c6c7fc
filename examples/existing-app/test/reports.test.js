const assert = require("node:assert/strict");
const { test } = require("node:test");
const { titles, titlesOf } = require("../src/reports.js");

test("everybody sees the titles", () => assert.deepEqual(titles(), ["Spring", "Autumn"]));
test("each report is somebody's", () =>
  assert.deepEqual(titlesOf("adelev@contoso.com"), ["Spring"]));
