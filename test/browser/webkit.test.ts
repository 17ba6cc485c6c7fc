import { describeIn } from "./describeIn.ts";
import { startHttpsRig } from "./httpsRig.ts";
import { itGoesAllTheWay } from "./journeys.ts";
import { launchWebKit } from "./webkit.ts";

describeIn("WebKit")("WebKit", () => itGoesAllTheWay(startHttpsRig, launchWebKit));
