/** What a person sees of a rehearsal: one line for each thing that happened, with the time since the start. */
export class Progress {
  private readonly start = performance.now();

  constructor(private readonly write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {}

  line(subject: string, text: string): void {
    const seconds = ((performance.now() - this.start) / 1000).toFixed(1).padStart(6);
    this.write(`${seconds} s  ${subject.padEnd(12)} ${text}`);
  }
}
