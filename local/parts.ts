interface Part {
  stop(): Promise<void>;
}

/** Things that are started one by one and stopped together, the last one first. */
export class Parts {
  #parts: Promise<Part>[] = [];

  /** Takes over a part that is starting; whether it succeeds is still the caller's to await. */
  add<Started extends Part>(starting: Promise<Started>): Promise<Started> {
    this.#parts.push(starting);
    starting.catch(() => {});
    return starting;
  }

  /** Stops everything, also what is still starting and what comes after a part that fails to stop. */
  async stop(): Promise<void> {
    const failures: unknown[] = [];
    for (const starting of this.#parts.splice(0).reverse()) {
      const part = await starting.catch(() => undefined);
      await part?.stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, "Some parts did not stop.");
  }
}
