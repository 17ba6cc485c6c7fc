import { settingsInUse } from "../local/running.ts";
import type { PartitionKey } from "../src/shared/rows/keys.ts";
import { describePartition } from "../src/shared/store/describe.ts";
import { signOutByOperator } from "../src/shared/store/signOut.ts";
import { TABLE_NAME } from "../src/shared/table/azureTable.ts";
import { listAccounts } from "./accounts/list.ts";
import { type OpenedStore, openStore } from "./accounts/openStore.ts";
import { type Options, readOptions, USAGE } from "./accounts/options.ts";
import { createProgress } from "./accounts/progress.ts";
import { signOutAll } from "./accounts/signOutAll.ts";
import { renderAccount, renderList, renderSignOut, renderVerification } from "./accounts/text.ts";
import { verify } from "./accounts/verify.ts";

/** Exit code: something is left that should not be there. */
const RESIDUE = 1;
/** Exit code: the command could not do its work, or could not check it. */
const FAILED = 2;

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else await run(options);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = FAILED;
}

async function run(options: Options): Promise<void> {
  const { settings } = settingsInUse(process.cwd());
  const opened = await openStore(settings, (_level, event, details) =>
    // The app's own log does not have this, so the terminal gets it.
    console.error(JSON.stringify({ event, ...details })),
  );
  // People see which table it is. With --json there is nothing but JSON.
  const say = options.json ? console.error : console.log;
  say(`Table ${TABLE_NAME} in ${opened.endpoint}`);
  const { value, text } = await carryOut(options, opened);
  console.log(options.json ? JSON.stringify(value, null, 2) : text);
}

async function carryOut({ command, partition }: Options, { store, hasKeys }: OpenedStore) {
  const progress = createProgress();
  const now = store.now();
  switch (command) {
    case "list": {
      const accounts = await listAccounts(store, progress);
      return {
        value: accounts,
        text: renderList(accounts, hasKeys, store.keyring.fingerprints, now),
      };
    }
    case "show": {
      const account = await describePartition(store, partition as PartitionKey);
      const value = { account: partition, held: account !== undefined, ...account };
      return { value, text: renderAccount(account, hasKeys, now) };
    }
    case "signout": {
      const value = partition
        ? { signedOut: Number(await signOutByOperator(store, partition)), left: [] }
        : await signOutAll(store, progress);
      if (value.left.length > 0) process.exitCode = RESIDUE;
      if (value.brokeOff !== undefined) process.exitCode = FAILED;
      return { value, text: renderSignOut(value) };
    }
    case "verify": {
      const keyring = hasKeys ? store.keyring : undefined;
      const result = await verify(store.table, keyring, store.now, progress);
      if (result.residue.length > 0) process.exitCode = RESIDUE;
      return { value: result, text: renderVerification(result, hasKeys) };
    }
  }
}
