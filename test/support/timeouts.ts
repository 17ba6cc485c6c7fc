import { jest } from "@jest/globals";

/**
 * Lets time-outs come at once, until `jest.restoreAllMocks()`.
 * @returns how long they were to be, in milliseconds.
 */
export function shortTimeouts(): number[] {
  const asked: number[] = [];
  jest.spyOn(AbortSignal, "timeout").mockImplementation((milliseconds) => {
    asked.push(milliseconds);
    const controller = new AbortController();
    const reason = Object.assign(new Error("Too slow."), { name: "TimeoutError" });
    setTimeout(() => controller.abort(reason), 50);
    return controller.signal;
  });
  return asked;
}
