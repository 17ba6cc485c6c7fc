import { apply, type Mutant, withoutTypes } from "./mutants.ts";

/** The environment variable that holds a {@link Planted}. */
export const PLANTED = "PLANTED_MUTANT";

export interface Planted {
  /** Absolute. */
  readonly file: string;
  readonly mutant: Mutant;
}

const { file, mutant }: Partial<Planted> = JSON.parse(process.env[PLANTED] ?? "{}");

/** For Jest's `transform`: one file has a fault when it is loaded. On disk nothing changes. */
export default {
  process(source: string, path: string) {
    const code = withoutTypes(source);
    return { code: mutant && path === file ? apply(mutant, code) : code };
  },
  getCacheKey: (source: string, path: string) =>
    [path, source, path === file ? process.env[PLANTED] : ""].join("\0"),
};
