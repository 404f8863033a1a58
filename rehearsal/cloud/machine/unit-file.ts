/** A systemd unit file, as systemd.syntax(7) reads it. */
export interface UnitFile {
  /** Every value of a setting; an empty assignment clears the ones before it. */
  values(section: string, key: string): string[];
  /** The last value of a setting. */
  value(section: string, key: string): string | undefined;
}

export function parseUnit(text: string): UnitFile {
  const settings = new Map<string, string[]>();
  let section = "";
  for (const line of text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((each) => each.trim())) {
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header) {
      section = header;
      continue;
    }
    const equals = line.indexOf("=");
    if (equals < 0) continue;
    const key = `${section}.${line.slice(0, equals).trim()}`;
    const value = line.slice(equals + 1).trim();
    if (value === "") settings.set(key, []);
    else settings.set(key, [...(settings.get(key) ?? []), value]);
  }
  const values = (name: string, key: string): string[] => settings.get(`${name}.${key}`) ?? [];
  return { values, value: (name, key) => values(name, key).at(-1) };
}

/** Splits a command line or a list of assignments into words: blanks separate, quotes group, backslash escapes. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let index = 0; index < line.length; index++) {
    const character = line[index]!;
    if (character === "\\" && quote !== "'" && index + 1 < line.length) word = (word ?? "") + line[++index]!;
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  return word === undefined ? words : [...words, word];
}

/** A time span as systemd writes it: `30`, `2s`, `1min 30s`, `500ms`. */
export function milliseconds(span: string | undefined, fallback: number): number {
  if (span === undefined) return fallback;
  const units: Readonly<Record<string, number>> = {
    ms: 1,
    s: 1000,
    sec: 1000,
    min: 60_000,
    m: 60_000,
    h: 3_600_000,
  };
  let total = 0;
  for (const [, amount, unit] of span.matchAll(/([\d.]+)\s*([a-z]*)/g))
    total += Number(amount) * (units[unit || "s"] ?? 1000);
  return total;
}
