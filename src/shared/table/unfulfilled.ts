import type { Write } from "./table.ts";

/*
 * The answers of the table service by which it says that the condition of a request does not hold, by operation
 * (Table service error codes). Whatever else is not a success is a fault, and of the row nothing is known: a
 * table that is being deleted answers 409 as well, and something in between answers what it likes.
 */
const NO_ROW = ["404 ResourceNotFound", "404 EntityNotFound"];
const OTHER_VERSION = ["412 UpdateConditionNotSatisfied", "412 ConditionNotMet"];

const ROW_THERE = ["409 EntityAlreadyExists"];
const NOT_THAT_VERSION = [...NO_ROW, ...OTHER_VERSION];

const UNFULFILLED = { insert: ROW_THERE, replace: NOT_THAT_VERSION, remove: NO_ROW };

/** @param answer Status and code, such as `404 ResourceNotFound`. */
export type Unfulfilled = (answer: string, message: string) => boolean;

export const noRow: Unfulfilled = (answer) => NO_ROW.includes(answer);

export const notThatVersion: Unfulfilled = (answer) => NOT_THAT_VERSION.includes(answer);

/** The message of a transaction begins with the index of the write that it failed of. */
export function refused(writes: readonly Write[]): Unfulfilled {
  return (answer, message) => {
    const index = writes.length > 1 ? Number(/^(\d+):/.exec(message)?.[1]) : 0;
    const kind = writes[index]?.kind;
    return kind !== undefined && UNFULFILLED[kind].includes(answer);
  };
}
