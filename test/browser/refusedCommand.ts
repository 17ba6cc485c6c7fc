/** A command that the browser or its driver refused. `code` is the protocol's error code. */
export class RefusedCommand extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
