const { default: Sequencer } = require("@jest/test-sequencer");

/** These take longest, and mostly wait: last, they would keep one worker busy while the others are done. */
const LONG = /\/test\/(browser|faults|races)\//;

/** Jest knows no test's duration on a clean machine, and then sorts by the size of the files. */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    const those = (isLong) => sorted.filter(({ path }) => LONG.test(path) === isLong);
    return [...those(true), ...those(false)];
  }
};
