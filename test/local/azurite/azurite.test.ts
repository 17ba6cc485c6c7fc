import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { TableClient } from "@azure/data-tables";
import { expect, it } from "@jest/globals";
import { type Azurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { isFree } from "../../../local/ports.ts";
import { eventually } from "../../support/eventually.ts";
import { newFolder } from "../../support/folder.ts";
import { shared } from "../../support/shared.ts";
import { isRunning } from "../rig/processes.ts";

async function people({ connectionString }: Azurite): Promise<TableClient> {
  const client = TableClient.fromConnectionString(connectionString, "people", {
    allowInsecureConnection: true,
  });
  await client.createTable();
  return client;
}

async function write(azurite: Azurite): Promise<void> {
  await (await people(azurite)).createEntity({ partitionKey: "a", rowKey: "1", name: "Ada" });
}

/** Sees that it has gone, and what was written has not. */
async function expectKept({ pid, port }: Azurite, location: string): Promise<void> {
  expect(isRunning(pid)).toBe(false);
  expect(await isFree(port)).toBe(true);
  const heir = await startAzurite({ location });
  expect(await (await people(heir)).getEntity("a", "1")).toMatchObject({ name: "Ada" });
  await heir.stop();
}

const folder = shared(newFolder);
const inFolder = (name: string) => join(folder.path, name);

it("saves what was written a moment before a stop, and leaves neither process nor port", async () => {
  const location = inFolder("stopped");
  const azurite = await startAzurite({ location });
  await write(azurite);
  await azurite.stop();
  await expectKept(azurite, location);
});

it("stops by itself when the parent is killed, and nothing is lost", async () => {
  const location = inFolder("orphaned");
  const module = new URL("../../../local/azurite/azurite.ts", import.meta.url).href;
  const file = inFolder("parent.mjs");
  await writeFile(
    file,
    `import { startAzurite } from ${JSON.stringify(module)};
     process.send(await startAzurite({ location: ${JSON.stringify(location)} }));`,
  );
  const parent = fork(file, { execArgv: [] });
  const [orphan] = (await once(parent, "message")) as [Azurite];
  await write(orphan);
  expect(isRunning(orphan.pid)).toBe(true);
  parent.kill("SIGKILL");
  await eventually(() => !isRunning(orphan.pid));
  await expectKept(orphan, location);
});

it("says what Azurite said when it cannot start", async () => {
  const location = inFolder("taken");
  await writeFile(location, "a file, not a folder");
  await expect(startAzurite({ location })).rejects.toThrow(/EEXIST|ENOTDIR/);
});
