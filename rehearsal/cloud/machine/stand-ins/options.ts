/** Which options a tool takes: every spelling, and whether a value follows. */
export type OptionTable = Readonly<Record<string, { readonly name: string; readonly value?: boolean }>>;

export interface Options {
  readonly given: ReadonlyMap<string, string>;
  readonly words: readonly string[];
}

export class UnknownOption extends Error {}
export class MissingValue extends Error {}

/**
 * Reads a command line as getopt_long does: `--name value`, `--name=value`, `-n value`, `-abc`, `--` ends options.
 * @throws UnknownOption, MissingValue whose message is the option
 */
export function readOptions(arguments_: readonly string[], table: OptionTable): Options {
  const given = new Map<string, string>();
  const words: string[] = [];
  const rest = [...arguments_];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      words.push(...rest);
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      words.push(word);
      continue;
    }
    const long = word.startsWith("--");
    const [spelling, attached] = long ? splitOnce(word, "=") : [word.slice(0, 2), word.slice(2) || undefined];
    const option = table[spelling];
    if (!option) throw new UnknownOption(spelling);
    if (option.value) {
      const value = attached ?? rest.shift();
      if (value === undefined) throw new MissingValue(spelling);
      given.set(option.name, value);
    } else {
      given.set(option.name, "");
      // -abc is -a -b -c
      if (!long && attached !== undefined) rest.unshift(`-${attached}`);
    }
  }
  return { given, words };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}
