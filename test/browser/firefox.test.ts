import { startRig } from "../../local/rig.ts";
import { describeIn } from "./describeIn.ts";
import { launchFirefox } from "./firefox.ts";
import { itGoesAllTheWay } from "./journeys.ts";

describeIn("Firefox")("Firefox", () => itGoesAllTheWay(startRig, launchFirefox));
