/**
 * The AMI's name: placeholders of Image Builder are replaced, and nothing else may stand in double braces.
 * https://docs.aws.amazon.com/imagebuilder/latest/userguide/cr-upd-ami-distribution-settings.html
 */
export function amiName(
  template: string | undefined,
  recipeName: string,
  build: { date: Date; version: string },
): string {
  const date = build.date.toISOString().replaceAll(":", "-");
  const values: Readonly<Record<string, string>> = { buildDate: date, buildVersion: build.version };
  return (template ?? `${recipeName} {{ imagebuilder:buildDate }}`).replace(
    /\{\{\s*imagebuilder:(\w+)\s*\}\}/g,
    (whole, name: string) => values[name] ?? whole,
  );
}
