import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One change of the application: a file, a text in it, and what takes its place. */
export interface Change {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

const controller = "src/main/java/com/example/hello/HelloController.java";
const component = "image/component.yml";
const properties = "src/main/resources/application.properties";
const lastProperty = "spring.main.banner-mode=off";
const lastCheck = `              systemctl is-enabled app.service

  - name: test
    steps:
`;

/** What rehearsals and their drills do to the application. */
export const changes = {
  greeting: (greeting: string): Change => ({
    file: controller,
    replace: "Hello from an immutable server",
    by: greeting,
  }),
  /** A disk that no server has: the readiness group says OUT_OF_SERVICE for ever. */
  neverReady: {
    file: properties,
    replace: lastProperty,
    by: [
      lastProperty,
      "management.endpoint.health.group.readiness.include=readinessState,diskSpace",
      "management.health.diskspace.threshold=1000000TB",
    ].join("\n"),
  },
  /** Good for the test of the image and for the first health checks, and broken for users soon after. */
  failAfter: (requests: number): Change => ({
    file: controller,
    replace: `    Greeting hello() {
        return greeting;
    }`,
    by: `    org.springframework.http.ResponseEntity<Greeting> hello() {
        return org.springframework.http.ResponseEntity.status(asked.incrementAndGet() > ${requests} ? 500 : 200).body(greeting);
    }

    private final java.util.concurrent.atomic.AtomicInteger asked = new java.util.concurrent.atomic.AtomicInteger();`,
  }),
  slowBake: (seconds: number): Change => ({
    file: component,
    replace: "              dnf --assumeyes upgrade\n",
    by: `              dnf --assumeyes upgrade\n              sleep ${seconds}\n`,
  }),
  failingImageTest: {
    file: component,
    replace: lastCheck,
    by: `${lastCheck}      - name: FailsOnPurpose
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - |
              set -eu
              echo "the drill wants this test to fail" >&2
              exit 1

`,
  },
} as const;

/** Changed copies of the application; they lie in a folder that the rehearsal removes. */
export class ApplicationCopies {
  constructor(
    private readonly source: string,
    private readonly copy: string,
  ) {}

  /** With its unit tests. @returns its folder */
  tested(...made: readonly Change[]): string {
    return this.make(["target"], made);
  }

  /** Without unit tests: those would keep a bad release from ever being one. @returns its folder */
  changed(...made: readonly Change[]): string {
    return this.make(["target", "src/test"], made);
  }

  /** Makes the copy anew. */
  private make(without: readonly string[], made: readonly Change[]): string {
    const skipped = without.map((path) => join(this.source, path));
    rmSync(this.copy, { recursive: true, force: true });
    cpSync(this.source, this.copy, { recursive: true, filter: (path) => !skipped.includes(path) });
    for (const { file, replace, by } of made) this.edit(file, (text) => replaced(file, text, replace, by));
    return this.copy;
  }

  /** Also without the image's test phase, which would find out before any fleet does. */
  untested(...made: readonly Change[]): string {
    const directory = this.changed(...made);
    this.edit(component, (text) => {
      const phase = text.indexOf("\n  - name: test\n");
      if (phase < 0) throw new Error(`${component} has no test phase to leave out`);
      return text.slice(0, phase + 1);
    });
    return directory;
  }

  private edit(file: string, change: (text: string) => string): void {
    const path = join(this.copy, file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }
}

function replaced(file: string, text: string, part: string, by: string): string {
  if (!text.includes(part))
    throw new Error(`${file} does not hold ${JSON.stringify(part)}: the copy would be no change`);
  return text.replace(part, () => by);
}
