/** A resource that the provider took long to make. */
export interface Wait {
  readonly type: string;
  readonly seconds: number;
}

/** The resources in a log of `cdktf deploy` that took at least so long, the longest first. */
export function waits(log: string, leastSeconds: number): readonly Wait[] {
  const creation = /(aws_\w+)\.[\w-]+: Creation complete after (?:(\d+)m)?(\d+)s/g;
  return [...log.matchAll(creation)]
    .map(([, type, minutes, seconds]) => ({
      type: type!,
      seconds: Number(minutes ?? 0) * 60 + Number(seconds),
    }))
    .filter(({ seconds }) => seconds >= leastSeconds)
    .sort((a, b) => b.seconds - a.seconds);
}
