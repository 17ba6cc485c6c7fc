import { parseSchedule } from "../../local/host/schedule.ts";
import { authPurgeExpired } from "../../src/functions/authPurgeExpired.ts";
import type { SignOutContext } from "../../src/shared/context.ts";
import { END } from "../../src/shared/store/purge.ts";
import { DAY } from "../world/memoryStore.ts";
import type { Rate } from "./rate.ts";

/** Expired sign-ins that the runs of a day end. */
export function purgedADay({ perSecond }: Rate): number {
  return runsADay() * (END.signIns / 1_000) * perSecond;
}

function runsADay(): number {
  const next = parseSchedule(authPurgeExpired({} as SignOutContext).schedule);
  const midnight = new Date(0);
  let runs = 0;
  for (let at = next(midnight); at.getTime() < DAY; at = next(at)) runs++;
  return runs;
}
