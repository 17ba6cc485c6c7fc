import type { Auth } from "../../src/auth.ts";
import { createAuth } from "../../src/createAuth.ts";
import { AT_ROOT } from "../../src/shared/config/address.ts";
import type { DeliveryOf } from "../../src/streamed.ts";
import type { TestApp } from "./app.ts";

/** What a team's code works with. */
export function authOf({ app }: TestApp, deliveryOf: DeliveryOf = () => undefined): Auth {
  return createAuth(app, deliveryOf, { wishes: {}, place: AT_ROOT });
}
