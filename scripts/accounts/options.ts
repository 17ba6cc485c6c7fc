import { parseArgs } from "node:util";
import {
  accountPartition,
  isHomeAccountId,
  type PartitionKey,
} from "../../src/shared/rows/keys.ts";

export const USAGE = `Shows which accounts hold tokens in the table, signs them out, and proves that nothing is left.

lightsout accounts list                every account that holds tokens
lightsout accounts show <account>      what is held for one
lightsout accounts signout <account>   deletes its tokens and all its sessions
lightsout accounts signout --all       the same for every account; says which are left (exit code 1)
lightsout accounts verify              looks for rows that should not be there (exit code 1)

  <account>   its home account id, <home object id>.<home tenant id>, or its hashed id as in the log: a.…
              A guest's ids in this tenant name no account: /auth/session names the right ones. See first with show.
  --json      for programs

Exit code 2: what was asked for could not be done, or the table could not be seen. No command makes a table.

The table and its keys are those of the app settings: of a running lightsout dev, of the environment, or of
local.settings.json. A table that is named by its address is opened as you (az login); your account needs the role
Storage Table Data Contributor, or Storage Table Data Reader to look only.`;

export interface Options {
  readonly command: "list" | "show" | "signout" | "verify";
  /** Partition of the account; undefined for all. */
  readonly partition: PartitionKey | undefined;
  readonly json: boolean;
}

/** @throws Error with one line that says what is wrong. @returns undefined when help is wanted. */
export function readOptions(args: string[]): Options | undefined {
  const flag = { type: "boolean", default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: flag, all: flag, help: { ...flag, short: "h" } },
  });
  if (values.help) return undefined;
  const { json, all } = values;
  const [command, account, ...more] = positionals;
  if (more.length > 0) throw new Error("There is one account too many. Name one at a time.");
  if (all && command !== "signout") throw new Error("--all belongs to signout.");

  switch (command) {
    case "list":
    case "verify":
      if (account !== undefined) throw new Error(`${command} is about all accounts: name none.`);
      return { command, partition: undefined, json };
    case "show":
    case "signout":
      if (all === Boolean(account))
        throw new Error(
          `${command} needs an account: its home account id, or its hashed id as in the log${command === "signout" ? "; or --all" : ""}.`,
        );
      return { command, partition: account ? partitionOf(account) : undefined, json };
    default:
      throw new Error(
        `${command === undefined ? "A command is missing" : "There is no such command"}: list, show, signout or verify. --help explains them.`,
      );
  }
}

const PARTITION = /^a\.[\w-]{43}$/;

function partitionOf(account: string): PartitionKey {
  if (PARTITION.test(account)) return account as PartitionKey;
  if (isHomeAccountId(account)) return accountPartition(account);
  throw new Error(
    "That is no account. Give its home account id, <home object id>.<home tenant id>, or its hashed id: a. and 43 characters.",
  );
}
