import type { LifecyclePolicyTimeUnit } from "@aws-sdk/client-imagebuilder";

/** The moment that lies so many units before another one; months and years are those of the calendar. */
export function before(moment: Date, value: number, unit: LifecyclePolicyTimeUnit): Date {
  const result = new Date(moment);
  switch (unit) {
    case "DAYS":
      result.setUTCDate(result.getUTCDate() - value);
      break;
    case "WEEKS":
      result.setUTCDate(result.getUTCDate() - 7 * value);
      break;
    case "MONTHS":
      result.setUTCMonth(result.getUTCMonth() - value);
      break;
    case "YEARS":
      result.setUTCFullYear(result.getUTCFullYear() - value);
      break;
  }
  return result;
}
