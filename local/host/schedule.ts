/** The first occurrence after a moment, in UTC, the time zone of a function app in Azure. */
export type Schedule = (after: Date) => Date;

const FIELDS = [
  { name: "second", low: 0, high: 59 },
  { name: "minute", low: 0, high: 59 },
  { name: "hour", low: 0, high: 23 },
  { name: "day", low: 1, high: 31 },
  { name: "month", low: 1, high: 12, names: "jan feb mar apr may jun jul aug sep oct nov dec" },
  { name: "day of week", low: 0, high: 6, names: "sun mon tue wed thu fri sat" },
];

const HORIZON_YEARS = 10;

/**
 * Parses an NCRONTAB expression: `{second} {minute} {hour} {day} {month} {day of week}`, the
 * seconds may be left out.
 *
 * @throws Error when the expression is malformed or never occurs
 */
export function parseSchedule(expression: string): Schedule {
  const parts = expression.trim().split(/\s+/);
  if (parts.length === 5) parts.unshift("0");
  const sets = FIELDS.map((field, index) => parseField(parts[index] ?? "", field));
  const [seconds, minutes, hours, days, months, weekdays] = sets;
  if (parts.length !== 6 || !(seconds && minutes && hours && days && months && weekdays)) {
    throw new Error(`The schedule expression '${expression}' is not a valid NCRONTAB expression.`);
  }

  const schedule: Schedule = (after) => {
    const time = new Date(after);
    time.setUTCMilliseconds(0);
    time.setUTCSeconds(time.getUTCSeconds() + 1);
    const horizon = time.getUTCFullYear() + HORIZON_YEARS;
    while (time.getUTCFullYear() < horizon) {
      if (!months.has(time.getUTCMonth() + 1)) {
        time.setUTCMonth(time.getUTCMonth() + 1, 1);
        time.setUTCHours(0, 0, 0);
      } else if (!days.has(time.getUTCDate()) || !weekdays.has(time.getUTCDay())) {
        time.setUTCHours(24, 0, 0);
      } else if (!hours.has(time.getUTCHours())) {
        time.setUTCHours(time.getUTCHours() + 1, 0, 0);
      } else if (!minutes.has(time.getUTCMinutes())) {
        time.setUTCMinutes(time.getUTCMinutes() + 1, 0);
      } else if (!seconds.has(time.getUTCSeconds())) {
        time.setUTCSeconds(time.getUTCSeconds() + 1);
      } else {
        return time;
      }
    }
    throw new Error(`The schedule expression '${expression}' never occurs.`);
  };
  schedule(new Date());
  return schedule;
}

function parseField(text: string, field: (typeof FIELDS)[number]): Set<number> | undefined {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const [, first, last, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(item) ?? [];
    if (first === undefined) return undefined;
    const low = first === "*" ? field.low : parseValue(first, field);
    const open = first === "*" || (step !== undefined && last === undefined);
    const high = last !== undefined ? parseValue(last, field) : open ? field.high : low;
    const stride = Number(step ?? 1);
    // A comparison with NaN is false: what is no number in range is refused here.
    if (!(low >= field.low && low <= high && high <= field.high && stride >= 1)) return undefined;
    for (let value = low; value <= high; value += stride) values.add(value);
  }
  return values;
}

function parseValue(text: string, { names = "", low }: (typeof FIELDS)[number]): number {
  const index = names.split(" ").indexOf(text.slice(0, 3).toLowerCase());
  return /^[a-z]{3,}$/i.test(text) && index >= 0 ? index + low : Number(text);
}
