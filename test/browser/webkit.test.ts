import { jest } from "@jest/globals";
import { describeIn } from "./describeIn.ts";
import { startHttpsRig } from "./httpsRig.ts";
import { itGoesAllTheWay } from "./journeys.ts";
import { launchWebKit } from "./webkit.ts";

// Its driver leaves a request without an answer now and then, whatever it is asked: then the test begins anew.
jest.retryTimes(2, { logErrorsBeforeRetry: true });

describeIn("WebKit")("WebKit", () => itGoesAllTheWay(startHttpsRig, launchWebKit));
