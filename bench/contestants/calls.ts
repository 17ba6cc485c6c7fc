import { createFloor } from "../floor/floor.ts";
import type { Call } from "../lib/load.ts";
import { createStock } from "../stock/stock.ts";
import type { SignedIn } from "../world/accounts.ts";
import { composeApp, handlerOf } from "../world/app.ts";
import { requestOf } from "../world/request.ts";
import type { Contestant } from "./contestants.ts";

export type Env = Readonly<Record<string, string>>;

/** A user of every contestant. */
export interface Caller extends SignedIn {
  readonly stockCookie: string;
}

export function createContestant(name: Contestant, env: Env, metadata: string) {
  switch (name) {
    case "lightsout":
      return lightsout(env);
    case "floor":
      return floor(env);
    case "stock":
      return stock(env, metadata);
  }
}

/** The handler of `/graph/{*path}`, without the Functions host. */
function lightsout(env: Env) {
  const handler = handlerOf(composeApp(env), "authGraph");
  return (callers: readonly Caller[]): Call => {
    const requests = callers.map(({ cookie }) => requestOf("/graph/me", { cookie }));
    return async (number) => {
      expectOk((await handler(pick(requests, number), undefined)).status);
    };
  };
}

function floor(env: Env) {
  const call = createFloor(env);
  return (callers: readonly Caller[]): Call =>
    async (number) => {
      expectOk((await call(pick(callers, number))).status);
    };
}

function stock(env: Env, metadata: string) {
  const { graphMe } = createStock(env, metadata);
  return (callers: readonly Caller[]): Call => {
    const requests = callers.map(({ stockCookie }) =>
      requestOf("/graph/me", { cookie: stockCookie }),
    );
    return async (number) => {
      expectOk((await graphMe(pick(requests, number))).status);
    };
  };
}

function pick<T>(values: readonly T[], number: number): T {
  return values[number % values.length] as T;
}

function expectOk(status: number): void {
  if (status !== 200) throw new Error(`The answer was ${status}.`);
}
