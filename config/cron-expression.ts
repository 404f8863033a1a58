/** Minute, hour, day, month, day of the week, year: what each field may be made of. */
const fields: readonly RegExp[] = [
  /^[\d,*/-]+$/,
  /^[\d,*/-]+$/,
  /^(?:\?|[\d,*/LW-]+)$/,
  /^[\da-z,*/-]+$/i,
  /^(?:\?|[\da-z,*#-]+)$/i,
  /^[\d,*/-]+$/,
];

/**
 * Whether Image Builder takes it as a schedule. Of the day and the day of the week exactly one is `?`.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/cron-expressions.html
 */
export function isCronExpression(text: string): boolean {
  const given = /^cron\(([^()]+)\)$/.exec(text)?.[1]?.split(" ") ?? [];
  const [, , day, , dayOfWeek] = given;
  return (
    given.length === fields.length &&
    fields.every((field, index) => field.test(given[index] ?? "")) &&
    (day === "?") !== (dayOfWeek === "?")
  );
}
