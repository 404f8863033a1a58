/** A moment in the time zone of a schedule. */
export interface CalendarMinute {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const minutes: Field = { name: "minutes", from: 0, to: 59 };
const hours: Field = { name: "hours", from: 0, to: 23 };
const days: Field = { name: "day-of-month", from: 1, to: 31 };
const monthField: Field = { name: "month", from: 1, to: 12, names: months };
const weekdayField: Field = { name: "day-of-week", from: 1, to: 7, names: weekdays };
const years: Field = { name: "year", from: 1970, to: 2199 };

/**
 * The cron expressions of a deployment window: seconds (always `*`, or one that is not looked at), minutes, hours,
 * day-of-month, month, day-of-week, year.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-DeploymentWindow.html
 * @returns whether a minute fits
 * @throws Error when the expression is not one
 */
export function parseCron(expression: string): (at: CalendarMinute) => boolean {
  const parts = expression.trim().toUpperCase().split(/\s+/);
  if (parts.length < 6 || parts.length > 7)
    throw new Error(`the cron expression '${expression}' has ${parts.length} fields, not 6 or 7`);
  const [, minute, hour, day, month, weekday, year = "*"] = parts as [string, ...string[]];
  const fits = [
    values(minute!, minutes, (at) => at.minute),
    values(hour!, hours, (at) => at.hour),
    any(day!, dayOfMonth),
    values(month!, monthField, (at) => at.month),
    any(weekday!, dayOfWeek),
    values(year, years, (at) => at.year),
  ];
  return (at) => fits.every((fit) => fit(at));
}

type Fit = (at: CalendarMinute) => boolean;

/** `?` says nothing; otherwise one of the alternatives has to fit. */
function any(text: string, parse: (part: string) => Fit): Fit {
  if (text === "?") return () => true;
  const parts = text.split(",").map(parse);
  return (at) => parts.some((fit) => fit(at));
}

function values(text: string, field: Field, valueOf: (at: CalendarMinute) => number): Fit {
  return any(text, (part) => range(part, field, valueOf));
}

/** A value, a range, `*`, each with an optional step. */
function range(part: string, field: Field, valueOf: (at: CalendarMinute) => number): Fit {
  const [, whole, first, last, step] =
    /^(?:(\*)|([A-Z]+|\d+)(?:-([A-Z]+|\d+))?)(?:\/(\d+))?$/.exec(part) ?? [];
  if (whole === undefined && first === undefined) throw wrong(part, field);
  const from = whole ? field.from : valueIn(first!, field);
  const to = last ? valueIn(last, field) : whole || step ? field.to : from;
  const by = step ? Number(step) : 1;
  if (by < 1) throw wrong(part, field);
  return (at) => {
    const value = valueOf(at);
    // FRI-MON goes over the end
    const distance = from <= to || value >= from ? value - from : value - from + (field.to - field.from + 1);
    const inside = from <= to ? value >= from && value <= to : value >= from || value <= to;
    return inside && distance % by === 0;
  };
}

function valueIn(text: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + field.from : Number(text);
  if (!Number.isInteger(value) || value < field.from || value > field.to) throw wrong(text, field);
  return value;
}

function dayOfMonth(part: string): Fit {
  const [, , before, weekday] = /^(L(?:-(\d+))?)(W)?$/.exec(part) ?? [];
  if (part.startsWith("L")) {
    if (!/^L(-\d+)?W?$/.test(part)) throw wrong(part, days);
    return (at) => {
      const last = daysIn(at) - Number(before ?? 0);
      return at.day === (weekday ? nearestWeekday(at, last) : last);
    };
  }
  const [, nearest] = /^(\d+)W$/.exec(part) ?? [];
  if (nearest) {
    const wanted = valueIn(nearest, days);
    return (at) => at.day === nearestWeekday(at, Math.min(wanted, daysIn(at)));
  }
  return range(part, days, (at) => at.day);
}

function dayOfWeek(part: string): Fit {
  if (part === "L") return (at) => weekdayOf(at, at.day) === 7;
  const [, lastOf] = /^([A-Z]{3}|\d)L$/.exec(part) ?? [];
  if (lastOf) {
    const wanted = valueIn(lastOf, weekdayField);
    return (at) => weekdayOf(at, at.day) === wanted && at.day + 7 > daysIn(at);
  }
  const [, nthOf, nth] = /^([A-Z]{3}|\d)#([1-5])$/.exec(part) ?? [];
  if (nthOf) {
    const wanted = valueIn(nthOf, weekdayField);
    return (at) => weekdayOf(at, at.day) === wanted && Math.ceil(at.day / 7) === Number(nth);
  }
  return range(part, weekdayField, (at) => weekdayOf(at, at.day));
}

/** The weekday next to a day, in the same month. */
function nearestWeekday(at: CalendarMinute, day: number): number {
  const weekday = weekdayOf(at, day);
  if (weekday === 7) return day === 1 ? 3 : day - 1;
  if (weekday === 1) return day === daysIn(at) ? day - 2 : day + 1;
  return day;
}

const daysIn = ({ year, month }: CalendarMinute): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
/** 1 is Sunday. */
const weekdayOf = ({ year, month }: CalendarMinute, day: number): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

const wrong = (text: string, field: Field): Error =>
  new Error(`'${text}' is not allowed in the ${field.name} of a cron expression`);
