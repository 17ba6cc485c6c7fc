import { afterAll, afterEach, beforeAll, beforeEach } from "@jest/globals";

/** What the tests of a file or a block share: it is there from before the first of them until after the last. */
export function shared<Part extends { stop(): void | Promise<void> }>(
  start: () => Promise<Part>,
): Part {
  let part: Part | undefined;
  beforeAll(async () => {
    part = await start();
  });
  afterAll(() => part?.stop());
  return new Proxy({} as Part, {
    get: (_, name) => part && Reflect.get(part, name),
    set: (_, name, value) => part !== undefined && Reflect.set(part, name, value),
    has: (_, name) => Reflect.has(part ?? {}, name),
    ownKeys: () => Reflect.ownKeys(part ?? {}),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(part ?? {}, name),
  });
}

/** After each test, a tenant's switches are what they were before it. */
export function keepSwitches(of: () => { readonly switches: object }): void {
  let before: object = {};
  beforeEach(() => {
    before = { ...of().switches };
  });
  afterEach(() => {
    const { switches } = of();
    for (const name of Object.keys(switches)) {
      if (!(name in before)) Reflect.deleteProperty(switches, name);
    }
    Object.assign(switches, before);
  });
}
