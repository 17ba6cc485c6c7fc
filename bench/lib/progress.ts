const WIDTH = 28;

/** One line that shows how far a benchmark is; where there is no terminal, a line for every tenth. */
export class Progress {
  readonly #title: string;
  readonly #out = process.stderr;
  #done = 0;
  #total = 1;
  #tenths = 0;

  constructor(title: string) {
    this.#title = title;
    this.#show("starting");
  }

  /** Says how many steps there are. */
  expect(total: number): void {
    this.#total = total;
  }

  step(what: string): void {
    this.#done = Math.min(this.#done + 1, this.#total);
    this.#show(what);
  }

  end(what: string): void {
    this.#done = this.#total;
    this.#show(what);
    if (this.#out.isTTY) this.#out.write("\n");
  }

  #show(what: string): void {
    const share = this.#done / this.#total;
    const filled = Math.round(share * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const percent = `${Math.round(share * 100)}%`.padStart(4);
    const line = `${this.#title.padEnd(14)} ${bar} ${percent}  ${what}`;
    if (this.#out.isTTY) {
      this.#out.write(`\r\x1b[2K${line.slice(0, (this.#out.columns ?? 80) - 1)}`);
    } else if (share === 1 || Math.floor(share * 10) > this.#tenths) {
      this.#tenths = Math.floor(share * 10);
      this.#out.write(`${line}\n`);
    }
  }
}
