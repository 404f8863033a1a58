import { existsSync, readFileSync } from "node:fs";
import { machineFiles } from "../../../../rehearsal/cloud/machine/machine-files";
import { RunnerFixture } from "../imagebuilder/runner/runner-fixture";

const fixture = new RunnerFixture();
beforeAll(() => fixture.start());
afterAll(() => fixture.stop());

/** Runs a command on the machine and returns what it printed and how it ended. */
async function on(command: string): Promise<{ code: string; output: string }> {
  await fixture.bash(`${command}\ncode=$?; echo; echo "code $code"`);
  const lines = fixture.lines
    .filter((line) => line.startsWith("Std"))
    .map((line) => line.slice("Stdout: ".length));
  const code = lines.find((line) => line.startsWith("code "))?.slice("code ".length) ?? "?";
  return { code, output: lines.filter((line) => line !== "" && !line.startsWith("code ")).join("\n") };
}

const unit = "[Service]\\nExecStart=/bin/sleep 60\\n[Install]\\nWantedBy=multi-user.target\\n";

it.each([
  ["dnf -y install java-25-amazon-corretto-headless", "0", "Complete!"],
  ["dnf install unzip", "1", "Operation aborted."],
  ["dnf -y install java-99-amazon-corretto", "1", "Error: Unable to find a match: java-99-amazon-corretto"],
  ["dnf -y instal unzip", "1", "No such command: instal. Please use /usr/bin/dnf --help"],
  ["dnf --sure install unzip", "1", "unrecognized arguments: --sure"],
  ["dnf clean all", "0", ""],
  ["dnf -y upgrade", "0", "Nothing to do."],
  ["yum -y install jq && rpm -q jq", "0", "jq"],
  ["rpm --query java-25-amazon-corretto-headless", "0", "java-25-amazon-corretto-headless"],
  ["rpm -q nothing", "1", "package nothing is not installed"],
  ["useradd --system --no-create-home --shell /sbin/nologin app", "0", ""],
  ["useradd app", "9", "useradd: user 'app' already exists"],
  ["useradd --sistem b", "2", "useradd: unrecognized option '--sistem'"],
  ["useradd 'B!'", "3", "invalid user name"],
  ["useradd -g none b", "6", "useradd: group 'none' does not exist"],
  ["getent passwd app", "0", "/sbin/nologin"],
  ["getent passwd nobody-knows", "2", ""],
  ["getent shadow app", "1", "Unknown database: shadow"],
  ["groupadd people && usermod -aG people app && getent group people", "0", ":app"],
  ["groupadd people", "9", "groupadd: group 'people' already exists"],
  ["usermod -L none", "6", "usermod: user 'none' does not exist"],
  ["id -un && id -u app", "0", "root"],
  ["touch /opt/a && chown app: /opt/a && stat -c %U:%G /opt/a", "0", "app:app"],
  ["chown -R app:people /opt && stat --format '%U:%G %n' /opt/a", "0", "app:people /opt/a"],
  ["chown nobody-knows /opt/a", "1", "chown: invalid user: 'nobody-knows'"],
  ["chown app /opt/none", "1", "chown: cannot access '/opt/none': No such file or directory"],
  ["systemctl enable none", "1", "Failed to enable unit: Unit file none.service does not exist."],
  ["systemctl start none", "5", "Failed to start none.service: Unit none.service not found."],
  ["systemctl reanimate x", "1", "Unknown command verb reanimate."],
  ["systemctl --fast enable x", "1", "unrecognized option '--fast'"],
  [`printf '${unit}' > /etc/systemd/system/nap.service; systemctl is-enabled nap`, "1", "disabled"],
  [
    "systemctl enable nap && systemctl is-enabled nap",
    "0",
    "Created symlink /etc/systemd/system/multi-user.target.wants/nap.service",
  ],
  ["systemctl is-active nap", "3", "inactive"],
  ["systemctl start nap && systemctl is-active nap && systemctl status nap", "0", "Active: active"],
  ["systemctl stop nap && systemctl is-active nap", "3", "inactive"],
  ["amazon-cloudwatch-agent-ctl -a start", "127", "command not found"],
  [
    "dnf -y install amazon-cloudwatch-agent && /opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:/opt/none.json",
    "1",
    "Unable to read the configuration",
  ],
  [
    "echo no > /opt/a.json; amazon-cloudwatch-agent-ctl -a fetch-config -c file:/opt/a.json",
    "1",
    "is no JSON",
  ],
  [
    "echo '{}' > /opt/a.json; amazon-cloudwatch-agent-ctl -a fetch-config -s -c file:/opt/a.json; amazon-cloudwatch-agent-ctl -a status",
    "0",
    "running",
  ],
  ["systemctl is-active amazon-cloudwatch-agent", "0", "active"],
  ["amazon-cloudwatch-agent-ctl -a stop && amazon-cloudwatch-agent-ctl -a status", "0", "stopped"],
  ["amazon-cloudwatch-agent-ctl -a begin", "1", "unknown action: begin"],
  ["journalctl --unit nap --lines 5 --no-pager", "0", "-- No entries --"],
])("%s exits with %s", async (command, code, output) => {
  const answer = await on(command);
  expect(answer).toEqual({ code, output: expect.stringContaining(output) });
});

it("has Java once a package has brought it", async () => {
  expect(existsSync(fixture.path("/usr/bin/java"))).toBe(true);
});

it("remembers what was asked", async () => {
  const requests = readFileSync(machineFiles.requests(fixture.machine.paths.root), "utf8");
  expect(requests).toContain('{"tool":"useradd","arguments":["app"],"exitCode":9}');
  expect(requests).toContain('{"tool":"chown","arguments":["app","/opt/none"],"exitCode":1}');
});
