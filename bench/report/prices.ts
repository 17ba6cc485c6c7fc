/*
 * List prices in US dollars, pay as you go, East US, locally redundant, without the monthly free grants:
 * https://azure.microsoft.com/pricing/details/storage/tables/ and
 * https://azure.microsoft.com/pricing/details/functions/ (Flex Consumption, on demand).
 */
export const PRICES = {
  /** A request to Table Storage; a transaction of several rows is one (REST: Entity group transactions). */
  operation: 0.00036 / 10_000,
  /** A gigabyte stored for a month. */
  gigabyteMonth: 0.045,
  /** An execution of a function. */
  execution: 0.4 / 1_000_000,
  /** A gigabyte of memory for a second while at least one function runs in the instance. */
  gigabyteSecond: 0.000026,
};

/** Gigabytes of memory of the smallest usual instance. */
export const INSTANCE_MEMORY = 2;

export function dollars(value: number): string {
  const digits = value >= 100 ? 0 : value >= 1 ? 2 : 3;
  return `$${value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
