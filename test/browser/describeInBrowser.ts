import { describeIn } from "./describeIn.ts";

export const describeInBrowser = describeIn("Chromium");
