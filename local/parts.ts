interface Part {
  stop(): Promise<void>;
}

/** Parts that start one by one and stop together, the last one first. */
export class Parts {
  #parts: Promise<Part>[] = [];

  /** Adds a part that is starting. The caller still awaits it. */
  add<Started extends Part>(starting: Promise<Started>): Promise<Started> {
    this.#parts.push(starting);
    starting.catch(() => {});
    return starting;
  }

  /** Stops all parts, also those that are still starting, and goes on after one that fails to stop. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const starting of this.#parts.splice(0).reverse()) {
      const part = await starting.catch(() => undefined);
      await part?.stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some parts did not stop.");
  }
}
