import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Tenant, TenantUser } from "../../local/tenant/tenant.ts";
import { authSession } from "../../src/functions/authSession.ts";
import { accountPartition, type HomeAccountId } from "../../src/shared/rows/keys.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { askFunction, instanceOf, signIn, type TestApp, tenantOfApp } from "../support/app.ts";
import { request } from "../support/request.ts";

const MINUTE = 60_000;
const PERIOD = 10 * MINUTE;
const USERS = 12;
const HOURS = 3;
/** How somebody is kept out whose browser signs nobody out. */
const WAYS = ["revoked", "disabled", "deleted"] as const;

let tenant: Tenant;
let now = Date.now();
beforeAll(async () => {
  const users = Array.from({ length: USERS }, (_, i) => ({
    oid: crypto.randomUUID(),
    name: `User ${i}`,
    username: `user${i}@contoso.com`,
    roles: ["Auditor"],
  }));
  tenant = await tenantOfApp({ users, now: () => now });
});
afterAll(() => tenant.stop());

/** The same numbers in every run. */
function numbers(): (below: number) => number {
  let state = 7;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

interface Browser {
  readonly user: TenantUser;
  readonly cookie: string;
}

it("whoever is kept out is served nowhere in what begins a period later, and all others always", async () => {
  const env = { REVALIDATE_MINUTES: String(PERIOD / MINUTE) };
  const first = instanceOf(tenant, () => now, { env });
  const second = instanceOf(tenant, () => now, { env, table: first.table });
  const below = numbers();
  const users = [...tenant.users];
  const browsers: Browser[] = [];
  for (const user of [...users, ...users]) {
    browsers.push({ user, cookie: await signIn(first, user.username) });
  }
  const end = now + HOURS * 60 * MINUTE;
  /** Half of them, each at a time of its own. */
  const keptOut = new Map(
    users.filter((_, i) => i % 2 === 0).map((user) => [user, now + below(60) * MINUTE]),
  );
  const ended = new Set<TenantUser>();
  const again: Browser[] = [];
  const answers: { readonly late: number; readonly served: boolean; readonly of: Browser }[] = [];

  while (now < end) {
    now += 1_000 + below(90_000);
    for (const [user, at] of keptOut) {
      if (at > now || ended.has(user)) continue;
      ended.add(user);
      keptOut.set(user, now);
      keepOut(user, WAYS[ended.size % WAYS.length] ?? "revoked");
    }
    await Promise.all(
      Array.from({ length: 6 }, async () => {
        const all = [...browsers, ...again];
        const of = all[below(all.length)] as Browser;
        const late = again.includes(of) ? 0 : now - (keptOut.get(of.user) ?? end);
        const served = await isServed(below(2) ? first : second, of.cookie, below(2) === 1);
        answers.push({ late, served, of });
      }),
    );
    // Who was revoked may sign in again, and is not taken along.
    for (const user of ended) {
      const isOut = now - (keptOut.get(user) ?? 0) > 2 * PERIOD;
      const isBack = again.some((one) => one.user === user);
      if (
        isOut &&
        !isBack &&
        !user.disabled &&
        tenant.users.includes(user) &&
        isGone(first, user)
      ) {
        again.push({ user, cookie: await signIn(second, user.username) });
      }
    }
  }

  const late = answers.filter(({ late }) => late > PERIOD);
  expect(late.length).toBeGreaterThan(100);
  expect(late.filter(({ served }) => served)).toEqual([]);
  const unharmed = answers.filter(({ of, late }) => !keptOut.has(of.user) || late <= 0);
  expect(unharmed.filter(({ served }) => !served)).toEqual([]);
  expect(again.length).toBeGreaterThan(0);
  expect(answers.filter(({ of }) => again.includes(of)).length).toBeGreaterThan(10);
}, 180_000);

function keepOut(user: TenantUser, way: (typeof WAYS)[number]): void {
  if (way === "revoked") tenant.revoke(user.oid);
  if (way === "disabled") user.disabled = true;
  if (way === "deleted") tenant.users.splice(tenant.users.indexOf(user), 1);
}

/** Whether nothing is held for the user any more. */
function isGone({ table }: TestApp, { oid }: TenantUser): boolean {
  const partition = accountPartition(`${oid}.${tenant.tenantId}` as HomeAccountId);
  return ![...table.rows.keys()].some((key) => key.startsWith(`${partition}|c.`));
}

async function isServed(one: TestApp, cookie: string, byScript: boolean): Promise<boolean> {
  const cookies = { [SESSION_COOKIE]: cookie };
  if (!byScript) return (await askFunction(one, cookies)).status === 200;
  const { body } = await authSession(one.app).handler(request("/", { cookies }), {});
  return JSON.parse(String(body)).signedIn;
}
