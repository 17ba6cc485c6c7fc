import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TableClient } from "@azure/data-tables";
import { describe, expect, it } from "@jest/globals";
import { type Azurite, startAzurite } from "../../../local/azurite/azurite.ts";
import { isFree } from "../../../local/ports.ts";
import { eventually } from "../../support/eventually.ts";
import { isRunning } from "../rig/processes.ts";

async function table(azurite: Azurite, name: string): Promise<TableClient> {
  const client = TableClient.fromConnectionString(azurite.connectionString, name, {
    allowInsecureConnection: true,
  });
  await client.createTable();
  return client;
}

describe("stopping", () => {
  it("saves what was written a moment before, and leaves neither process nor port", async () => {
    const location = await mkdtemp(join(tmpdir(), "lightsout-azurite-"));
    const first = await startAzurite({ location });
    const people = await table(first, "people");
    await people.createEntity({ partitionKey: "a", rowKey: "1", name: "Ada" });
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);
    expect(await isFree(first.port)).toBe(true);

    const second = await startAzurite({ location });
    expect(await (await table(second, "people")).getEntity("a", "1")).toMatchObject({
      name: "Ada",
    });
    await second.stop();
    await rm(location, { recursive: true });
  });

  it("happens by itself when the parent is killed, and nothing is lost", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lightsout-parent-"));
    const location = join(folder, "tables");
    const module = new URL("../../../local/azurite/azurite.ts", import.meta.url).href;
    const file = join(folder, "parent.mjs");
    await writeFile(
      file,
      `import { startAzurite } from ${JSON.stringify(module)};
       process.send(await startAzurite({ location: ${JSON.stringify(location)} }));`,
    );
    const parent = fork(file, { execArgv: [] });
    const [orphan] = (await once(parent, "message")) as [Azurite];
    const people = await table(orphan, "people");
    await people.createEntity({ partitionKey: "a", rowKey: "1", name: "Ada" });
    expect(isRunning(orphan.pid)).toBe(true);

    parent.kill("SIGKILL");
    await eventually(() => !isRunning(orphan.pid));
    expect(await isFree(orphan.port)).toBe(true);

    const heir = await startAzurite({ location });
    expect(await (await table(heir, "people")).getEntity("a", "1")).toMatchObject({ name: "Ada" });
    await heir.stop();
    await rm(folder, { recursive: true });
  });
});

describe("starting", () => {
  it("says what Azurite said when it cannot start", async () => {
    const folder = await mkdtemp(join(tmpdir(), "lightsout-azurite-"));
    const location = join(folder, "taken");
    await writeFile(location, "a file, not a folder");
    await expect(startAzurite({ location })).rejects.toThrow(/EEXIST|ENOTDIR/);
    await rm(folder, { recursive: true });
  });
});
