import { chmodSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { checkRequirements, terraformProgram } from "../../cli/requirements";

const kept = { ...process.env };
let folder: string;

/** Puts a program into the otherwise empty PATH. */
function install(name: string, prints: string, exitCode = 0): void {
  const file = path.join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${prints}'\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "requirements-test-"));
  process.env["PATH"] = folder;
  delete process.env["JAVA_HOME"];
  delete process.env["TERRAFORM_BINARY_NAME"];
});
afterEach(async () => {
  process.env = { ...kept };
  await rm(folder, { recursive: true });
});

describe("requirements", () => {
  test("are met by versions that are new enough", async () => {
    install("terraform", "Terraform v1.11.4");
    install("python3", "Python 3.11.7");
    install("javac", "javac 21.0.5");
    install("git", "git version 2.43.0");
    await expect(checkRequirements(["node", "terraform", "python", "jdk", "git"])).resolves.toBeUndefined();
    expect(terraformProgram()).toBe("terraform");
  });

  test("are reported all at once, each with its version and where to get it", async () => {
    install("terraform", "Terraform v1.9.8");
    install("javac", "javac 17.0.9");
    install("python3", "No module named ensurepip", 1);
    await expect(checkRequirements(["terraform", "python", "jdk", "git"])).rejects.toThrow(
      [
        "this machine lacks something:",
        "  Terraform or OpenTofu: 1.10 or newer is needed, found 1.9.8 (terraform); get it from https://developer.hashicorp.com/terraform/install or https://opentofu.org/docs/intro/install/",
        "  Python 3 with venv: 3.10 or newer is needed, found python3, which fails; get it from https://www.python.org/downloads/ (on Debian and Ubuntu also the package python3-venv)",
        "  a JDK (javac): 21 or newer is needed, found 17.0.9 (javac); get it from https://aws.amazon.com/corretto/ or https://adoptium.net/temurin/releases/",
        "  git: 2 or newer is needed, found none; get it from https://git-scm.com/downloads",
      ].join("\n"),
    );
  });

  test("take OpenTofu when there is no Terraform that will do", async () => {
    install("terraform", "Terraform v1.5.7");
    install("tofu", "OpenTofu v1.10.6");
    await checkRequirements(["terraform"]);
    expect(terraformProgram()).toBe("tofu");
  });

  test("honour TERRAFORM_BINARY_NAME", async () => {
    install("terraform", "Terraform v1.11.4");
    process.env["TERRAFORM_BINARY_NAME"] = "tofu";
    await expect(checkRequirements(["terraform"])).rejects.toThrow(/found none/);
    install("tofu", "OpenTofu v1.10.0");
    await checkRequirements(["terraform"]);
    expect(terraformProgram()).toBe("tofu");
  });

  test("compare versions as numbers", async () => {
    install("terraform", "Terraform v1.9.0");
    await expect(checkRequirements(["terraform"])).rejects.toThrow(/found 1\.9\.0/);
    install("terraform", "Terraform v2.0.0");
    await expect(checkRequirements(["terraform"])).resolves.toBeUndefined();
  });

  test("look for javac in JAVA_HOME", async () => {
    process.env["JAVA_HOME"] = path.join(folder, "nowhere");
    install("javac", "javac 25");
    await expect(checkRequirements(["jdk"])).rejects.toThrow(
      /a JDK \(javac\): 21 or newer is needed, found none/,
    );
  });
});
