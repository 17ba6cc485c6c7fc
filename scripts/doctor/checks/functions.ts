import { explain, shadowsOf } from "../../../local/host/shadows.ts";
import { type Check, ok, problem, skipped } from "../check.ts";

export const functions: Check = {
  name: "Functions",
  async look(patient) {
    if (patient.source === undefined) return skipped("not visible from outside");
    const all = await patient.functions().catch((error: Error) => error);
    if (all instanceof Error) return skipped(`the app cannot be loaded here: ${all.message}`);
    const [shadow] = shadowsOf(all);
    if (shadow === undefined) return ok(`${all.length}, none in the way of a sign-out`);
    const { what, fix } = explain(shadow);
    return problem(what, fix);
  },
};
