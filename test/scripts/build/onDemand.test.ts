import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { build, type Plugin } from "esbuild";
import { ROOT } from "../../../local/root.ts";
import { onDemand } from "../../../scripts/build/onDemand.ts";
import type * as AzureTable from "../../../src/shared/table/azureTable.ts";
import { newFolder } from "../../support/folder.ts";
import { type Answer, startLoopback } from "../../support/loopback.ts";
import { keepAliveSender } from "../../support/send.ts";
import { shared } from "../../support/shared.ts";

const XML = `<?xml version="1.0" encoding="utf-8"?>
<error xmlns="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
  <code>AuthenticationFailed</code><message xml:lang="en-US">No.</message>
</error>`;

const noIdentity = () => {
  throw new Error("No identity here.");
};

const folder = shared(newFolder);
const service = shared(startLoopback);

/** What an app that is bundled in this way says about the table's answer. */
async function saidAbout(answer: Answer, plugins: Plugin[]): Promise<string> {
  service.respond = () => answer;
  const outfile = join(folder.path, `${randomUUID()}.cjs`);
  const entryPoints = [join(ROOT, "src/shared/table/azureTable.ts")];
  await build({ entryPoints, outfile, plugins, bundle: true, platform: "node", format: "cjs" });
  const { azureTable }: typeof AzureTable = createRequire(import.meta.url)(outfile);
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=${service.url}/a;`;
  const table = azureTable({ connectionString }, keepAliveSender(), noIdentity);
  const entity = { partitionKey: "a", rowKey: "b" };
  const fault = await table.write([{ kind: "insert", entity }]).catch((error: Error) => error);
  return String(fault);
}

const headers = { "content-type": "application/xml" };

it.each<[string, Answer, RegExp]>([
  ["XML", { status: 403, headers, body: XML }, /403 AuthenticationFailed/],
  ["XML that is none", { status: 403, headers, body: "<" }, /refuses with 403\./],
  ["JSON", { status: 403, body: { "odata.error": { code: "Abc" } } }, /403 Abc/],
])("an answer of %s means what it means to the whole SDK", async (_, answer, expected) => {
  const said = await saidAbout(answer, [onDemand]);
  expect(said).toBe(await saidAbout(answer, []));
  expect(said).toMatch(expected);
});
