import { afterAll, beforeAll } from "@jest/globals";

/** What the tests of a file or a block share: it is there from before the first of them until after the last. */
export function shared<Part extends { stop(): Promise<void> }>(start: () => Promise<Part>): Part {
  const part = {} as Part;
  beforeAll(async () => {
    Object.defineProperties(part, Object.getOwnPropertyDescriptors(await start()));
  });
  afterAll(() => part.stop?.());
  return part;
}
