import { randomUUID } from "node:crypto";
import type { Entity } from "../../src/shared/table/table.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { barChart } from "../lib/chart.ts";
import { entitySize } from "../lib/entitySize.ts";
import { bytes as formatBytes, number } from "../lib/format.ts";
import { cacheRow } from "../stock/cacheClient.ts";
import { sessionRow } from "../stock/sessions.ts";
import { storeUser } from "../world/accounts.ts";
import { accountOf } from "../world/callers.ts";
import { AUTHORITY, DAY, storeInMemory, TENANT } from "../world/memoryStore.ts";
import { userOf } from "../world/setUp.ts";
import { msalCache } from "../world/tokens.ts";

const TOKENS = [1, 10, 50];

interface Row {
  readonly tokens: number;
  /** Characters of what MSAL serializes. */
  readonly serialized: number;
  /** Bytes of the row with the tokens, and of all rows of one signed-in account. */
  readonly tokenRow: number;
  readonly total: number;
  readonly rows: number;
  /** The stock pattern's bytes, for the cache and the session. */
  readonly stock: number;
}

export interface BytesResult {
  readonly rows: readonly Row[];
}

async function run({ progress }: Options): Promise<BytesResult> {
  progress.expect(TOKENS.length);
  const store = storeInMemory(Date.now);
  const rows: Row[] = [];
  for (const tokens of TOKENS) {
    const cache = await msalCache(TENANT, AUTHORITY, tokens);
    await storeUser(store, TENANT, DAY, cache, 0);
    const entities = store.table.take();
    const serialized = JSON.stringify(cache);
    const account = accountOf(TENANT, 0);
    const session = { account, expiresAt: Date.now() };
    const stock: Entity[] = [
      cacheRow(`${userOf(0).oid}.${TENANT}`, serialized),
      sessionRow(randomUUID(), session),
    ];
    rows.push({
      tokens,
      serialized: serialized.length,
      tokenRow: Math.max(...entities.map(entitySize)),
      total: sum(entities),
      rows: entities.length,
      stock: sum(stock),
    });
    progress.step(`${tokens} access tokens`);
  }
  return { rows };
}

function sum(entities: readonly Entity[]): number {
  return entities.reduce((total, entity) => total + entitySize(entity), 0);
}

function tables({ rows }: BytesResult) {
  return [
    {
      id: "bytes",
      title: "Storage for one signed-in account",
      columns: [
        "access tokens",
        "MSAL's cache, characters",
        "the row with the tokens",
        "all rows",
        "stock pattern",
        "stock to ours",
      ],
      rows: rows.map(({ tokens, serialized, tokenRow, total, rows: count, stock }) => [
        String(tokens),
        serialized.toLocaleString("en-US"),
        formatBytes(tokenRow),
        `${formatBytes(total)} in ${count} rows`,
        formatBytes(stock),
        `${number(stock / total)}×`,
      ]),
    },
  ];
}

function charts({ rows }: BytesResult) {
  return [
    {
      name: "bytes",
      svg: barChart({
        title: "Bytes stored for one signed-in account",
        subtitle: "All its rows, as Table Storage bills them. Less is better.",
        series: ["Lightsout: compressed and sealed", "stock pattern: plain text"],
        groups: rows.map(({ tokens, total, stock }) => ({
          label: tokens === 1 ? "1 access token" : `${tokens} access tokens`,
          values: [total, stock],
        })),
        format: formatBytes,
      }),
    },
  ];
}

/** Tokens are random, and so is how well they compress. */
const NOISE = 1.02;

function regressions(kept: BytesResult, now: BytesResult): string[] {
  return kept.rows.flatMap((before) => {
    const after = now.rows.find(({ tokens }) => tokens === before.tokens);
    if (after !== undefined && after.total <= before.total * NOISE) return [];
    const [then, since] = [before.total, after?.total ?? Number.NaN].map(formatBytes);
    return [`${before.tokens} access tokens: ${since} for one account, and ${then} before.`];
  });
}

export const bytes: Benchmark<BytesResult> = {
  name: "bytes",
  run,
  tables,
  charts,
  regressions,
};
