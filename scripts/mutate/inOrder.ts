interface Test {
  readonly path: string;
}

/** For Jest's `testSequencer`: the test files run in the order of the command line. */
export default class InOrder {
  sort(tests: readonly Test[]): Test[] {
    const order = process.argv;
    return tests.toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path));
  }

  cacheResults(): void {}
}
