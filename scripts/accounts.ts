import { ROOT } from "../local/root.ts";
import { settingsInUse } from "../local/running.ts";
import { signOutPartition } from "../src/shared/signOut.ts";
import { describePartition } from "../src/shared/store/describe.ts";
import type { Store } from "../src/shared/store/store.ts";
import { listAccounts } from "./accounts/list.ts";
import { type OpenedStore, openStore } from "./accounts/openStore.ts";
import { type Options, readOptions, USAGE } from "./accounts/options.ts";
import { createProgress, type Progress } from "./accounts/progress.ts";
import { renderAccount, renderList, renderVerification } from "./accounts/text.ts";
import { verify } from "./accounts/verify.ts";

/** Something is left that should not be there. */
const RESIDUE = 1;
/** What was asked for could not be done. */
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
  const { settings } = settingsInUse(ROOT);
  const opened = await openStore(settings, (_level, event, details) =>
    // Where the app's own log does not see it: a trace for whoever keeps this terminal's.
    console.error(JSON.stringify({ event, ...details })),
  );
  const { value, text } = await carryOut(options, opened);
  console.log(options.json ? JSON.stringify(value, null, 2) : text);
}

/** @param partition Of one account; blank for all. @returns how many held tokens. */
async function signOut(store: Store, partition: string, progress: Progress): Promise<number> {
  const partitions = partition
    ? [partition]
    : (await listAccounts(store, progress)).map(({ account }) => account);
  let found = 0;
  for (const one of partitions) if (await signOutPartition(store, one)) found++;
  return found;
}

async function carryOut({ command, partition = "" }: Options, { store, hasKeys }: OpenedStore) {
  const progress = createProgress();
  const now = store.now();
  switch (command) {
    case "list": {
      const accounts = await listAccounts(store, progress);
      return { value: accounts, text: renderList(accounts, hasKeys, now) };
    }
    case "show": {
      const account = await describePartition(store, partition);
      const value = { account: partition, held: account !== undefined, ...account };
      return { value, text: renderAccount(account, hasKeys, now) };
    }
    case "signout": {
      const found = await signOut(store, partition, progress);
      const value = { signedOut: found };
      if (found === 0) return { value, text: "There was nothing to sign out." };
      const whose = found === 1 ? "The tokens of 1 account" : `The tokens of ${found} accounts`;
      return { value, text: `${whose} and all its sessions are gone.` };
    }
    case "verify": {
      const keyring = hasKeys ? store.keyring : undefined;
      const result = await verify(store.table, keyring, store.now, progress);
      if (result.residue.length > 0) process.exitCode = RESIDUE;
      return { value: result, text: renderVerification(result, hasKeys) };
    }
  }
}
