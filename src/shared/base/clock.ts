/** A clock, in milliseconds: since 1970, or since some moment where durations are meant. */
export type Clock = () => number;

/** @param milliseconds How long. */
export type Sleep = (milliseconds: number) => Promise<void>;
