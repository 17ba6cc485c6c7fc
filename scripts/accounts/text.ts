import type { AccountDescription } from "../../src/shared/store/describe.ts";
import type { ListedAccount } from "./list.ts";
import { KINDS, type ResidueKind } from "./residue.ts";
import type { SignOutOfAll } from "./signOutAll.ts";
import type { Verification } from "./verify.ts";

const MINUTE = 60_000;
const UNITS: readonly [name: string, milliseconds: number][] = [
  ["d", 24 * 60 * MINUTE],
  ["h", 60 * MINUTE],
  ["min", MINUTE],
];

/** Such as `3 h ago` or `in 9 h`. @param time ISO 8601. */
function distance(time: string, now: number): string {
  const ahead = Date.parse(time) - now;
  const size = Math.abs(ahead);
  const [name, unit] = UNITS.find(([, unit]) => size >= unit) ?? ["min", MINUTE];
  const span = size < MINUTE ? "a moment" : `${Math.floor(size / unit)} ${name}`;
  return ahead > 0 ? `in ${span}` : `${span} ago`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1_000).toFixed(1)} kB`;
}

const COLUMNS = ["ACCOUNT", "SESSIONS", "SIZE", "CREATED", "ENDS"];

/**
 * @param fingerprints Of the keys at hand.
 * @param hasKeys Whether sessions could be counted.
 */
export function renderList(
  accounts: readonly ListedAccount[],
  hasKeys: boolean,
  fingerprints: ReadonlyMap<string, string>,
  now: number,
): string {
  const rows = accounts.map((account) => [
    account.account,
    account.readable ? String(account.sessions.length) : hasKeys ? "unreadable" : "?",
    kilobytes(account.sealedBytes),
    distance(account.createdAt, now),
    distance(account.expiresAt, now),
  ]);
  const bytes = accounts.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0);
  const total = `${accounts.length} ${accounts.length === 1 ? "account holds" : "accounts hold"} tokens, ${kilobytes(bytes)}.`;
  const lines = rows.length > 0 ? [...table([COLUMNS, ...rows]), ""] : [];
  if (!hasKeys) return [...lines, `${total} ${NO_KEYS}`].join("\n");
  return [...lines, total, ...keyLines(accounts, fingerprints)].join("\n");
}

/** Which keys are missing, and which are at hand. Keys with one id differ by their fingerprint. */
function keyLines(
  accounts: readonly ListedAccount[],
  fingerprints: ReadonlyMap<string, string>,
): string[] {
  const missing = new Set(accounts.flatMap(({ missingKey }) => missingKey ?? []));
  if (missing.size === 0) return [];
  const held = Array.from(fingerprints, ([id, fingerprint]) => `${id} ${fingerprint}`);
  return [
    `Sealed with a key that is not in TOKEN_CACHE_KEYS: ${[...missing].join(", ")}. Those in it: ${held.join(", ")}.`,
  ];
}

const NO_KEYS = "Without TOKEN_CACHE_KEYS, sessions cannot be counted.";

export function renderAccount(
  account: AccountDescription | undefined,
  hasKeys: boolean,
  now: number,
): string {
  if (account === undefined) return "Nothing is held for this account.";
  const { readable, sealedBytes, createdAt, expiresAt, sessions } = account;
  const facts = [
    ["held", `${kilobytes(sealedBytes)}, sealed`],
    ["since", when(createdAt, now)],
    ["until", when(expiresAt, now)],
  ];
  if (!readable) {
    const why = hasKeys
      ? "None of the keys opens it: nobody can use it, and the purge removes it."
      : NO_KEYS;
    return [...table(facts), "", why].join("\n");
  }
  facts.push(
    ...sessions.map((session, i) => [
      i === 0 ? "sessions" : "",
      `${session.device}: signed in ${when(session.signedInAt, now)}, ends ${when(session.expiresAt, now)}, ${kilobytes(session.sealedBytes)} that only its browser unseals${session.bound ? ", bound to its device" : ""}`,
    ]),
  );
  return table(facts).join("\n");
}

export function renderSignOut({ signedOut, left, brokeOff }: SignOutOfAll): string {
  const lines = left.map(({ account, reason }) => `${account} is left. ${reason}`);
  if (brokeOff !== undefined) lines.push(`The list of accounts broke off. ${brokeOff}`);
  const isAll = lines.length === 0;
  if (signedOut > 0) {
    const whose = signedOut === 1 ? "1 account and all its" : `${signedOut} accounts and all their`;
    lines.push(`The tokens of ${whose} sessions are gone.`);
  } else if (isAll) lines.push("There was nothing to sign out.");
  if (!isAll) lines.push("Run it again: it goes on with those that are left.");
  return lines.join("\n");
}

/** Of each kind, so many rows are listed by name. */
const EXAMPLES = 10;

export function renderVerification({ rows, residue }: Verification, hasKeys: boolean): string {
  const unopened = hasKeys ? "" : " Without TOKEN_CACHE_KEYS, nothing was opened.";
  if (residue.length === 0) return `${rows} rows, and each has its reason to be there.${unopened}`;
  const groups = Object.entries(KINDS).flatMap(([kind, meaning]) => {
    const found = residue.filter((row) => row.kind === (kind as ResidueKind));
    const names = found.slice(0, EXAMPLES).map((row) => `  ${row.partitionKey} / ${row.rowKey}`);
    if (found.length > EXAMPLES) names.push(`  … and ${found.length - EXAMPLES} more: --json`);
    return found.length === 0 ? [] : [`${found.length} ${kind}. ${meaning}`, ...names, ""];
  });
  const total = `${residue.length} findings in ${rows} rows. What to do: docs/operations.md.`;
  return [...groups, total + unopened].join("\n");
}

function when(time: string, now: number): string {
  return `${time} (${distance(time, now)})`;
}

/** Columns, each as wide as its widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
