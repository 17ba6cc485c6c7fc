import { baseline } from "./baseline.ts";
import { bytes } from "./bytes.ts";
import { clients } from "./clients.ts";
import { coldStart } from "./coldStart.ts";
import { growth } from "./growth.ts";
import { memory } from "./memory.ts";
import { operations } from "./operations.ts";
import { packageSize } from "./package.ts";
import { profile } from "./profile.ts";
import { profileHosted } from "./profileHosted.ts";
import { purging } from "./purge.ts";
import { sessions } from "./sessions.ts";
import { signedIn } from "./signedIn.ts";
import { soak } from "./soak.ts";
import { together } from "./together.ts";

/** In the order in which they run. */
export const benchmarks = [
  signedIn,
  baseline,
  clients,
  profile,
  profileHosted,
  operations,
  together,
  purging,
  growth,
  sessions,
  coldStart,
  bytes,
  packageSize,
  soak,
  memory,
];
