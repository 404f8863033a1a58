import { MachinePaths } from "../../../../rehearsal/cloud/machine/machine-paths";

const paths = new MachinePaths("/tmp/run/root");

it.each([
  ["cat /etc/hosts", "cat /tmp/run/root/etc/hosts"],
  ["ls \"/opt\" '/var/log'", "ls \"/tmp/run/root/opt\" '/tmp/run/root/var/log'"],
  [
    "tool --file=/etc/x >/tmp/out 2>/dev/null",
    "tool --file=/tmp/run/root/etc/x >/tmp/run/root/tmp/out 2>/dev/null",
  ],
  [
    "PATH=/usr/bin:/usr/local/bin:/opt/bin",
    "PATH=/usr/bin:/tmp/run/root/usr/local/bin:/tmp/run/root/opt/bin",
  ],
  ["EnvironmentFile=-/etc/app.env", "EnvironmentFile=-/tmp/run/root/etc/app.env"],
  ["/usr/bin/java -jar /opt/app.jar", "/usr/bin/java -jar /tmp/run/root/opt/app.jar"],
])("rewrites %s", (text, expected) => {
  expect(paths.intoMachine(text)).toBe(expected);
  expect(paths.intoMachine(expected)).toBe(expected);
  expect(paths.outOfMachine(expected)).toBe(text);
});

it.each([
  "https://host/etc/x",
  "s3://bucket/opt/x",
  "$HOME/opt",
  "${HOME}/tmp",
  "./etc/x",
  "/etcetera",
  "/opt-x",
  "/bin/sh",
])("leaves %s alone", (text) => expect(paths.intoMachine(text)).toBe(text));
