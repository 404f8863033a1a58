import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { ownerOf } from "../../../../../rehearsal/cloud/machine/owners";
import { RunnerFixture } from "./runner-fixture";
import { isGone } from "../../../../support/processes";
import { until } from "../../../../support/until";

const fixture = new RunnerFixture();
const s3 = mockClient(S3Client);
beforeAll(async () => {
  await fixture.start();
  fixture.s3 = new S3Client({ region: "eu-central-1", endpoint: "http://127.0.0.1:1" });
});
afterAll(() => fixture.stop());
beforeEach(() => s3.reset());

const mode = (path: string): string => (statSync(fixture.path(path)).mode & 0o7777).toString(8);

describe("ExecuteBash", () => {
  it("runs all commands as one script below the machine's root", async () => {
    const failure = await fixture.step(
      "ExecuteBash",
      "  inputs:\n    commands:\n      - name=world\n      - echo hello $name > /opt/greeting",
    );
    expect(failure).toBeUndefined();
    expect(await fixture.read("/opt/greeting")).toBe("hello world\n");
  });

  it("fails with the exit status and the last words of the script", async () => {
    const failure = await fixture.bash("echo no luck >&2; exit 3");
    expect(failure).toMatchObject({
      phase: "build",
      step: "TheStep",
      action: "ExecuteBash",
      message: "ExecuteBash: exit status 3: no luck",
    });
    expect(fixture.lines).toContain("CmdExecution: ERROR: exit status 3");
  });

  it("shows paths as the machine knows them", async () => {
    await fixture.bash("ls -d /opt /etc");
    expect(fixture.lines).toEqual(expect.arrayContaining(["Stdout: /etc", "Stdout: /opt"]));
  });

  it("is ended with everything it started when its time is up", async () => {
    const failure = await fixture.step(
      "ExecuteBash",
      "  timeoutSeconds: 1\n  inputs:\n    commands:\n      - sleep 600 & echo $! > /opt/child; sleep 600",
    );
    expect(failure?.message).toBe("ExecuteBash: timed out after 1 seconds");
    const child = Number(readFileSync(fixture.path("/opt/child"), "utf8"));
    await until(() => isGone(child), Boolean);
  });

  it("runs again after a reboot that it asks for with 194", async () => {
    const failure = await fixture.bash(
      "if [ -e /var/tmp/mark ]; then echo again; else touch /var/tmp/mark; exit 194; fi",
    );
    expect(failure).toBeUndefined();
    expect(fixture.lines).toContain("Stdout: again");
  });

  it("hands nothing of the host's environment over but its PATH", async () => {
    process.env.HOST_SECRET = "secret";
    await fixture.bash('echo "[$HOST_SECRET]" $HOME');
    expect(fixture.lines).toContain("Stdout: [] /root");
  });
});

describe("ExecuteBinary", () => {
  it("runs a script of the image with arguments", async () => {
    await fixture.write("/opt/tool", '#!/bin/bash\necho "$1" > /opt/answer\n');
    expect(
      await fixture.step("ExecuteBinary", "  inputs:\n    path: /opt/tool\n    arguments: [yes please]"),
    ).toBeUndefined();
    expect(await fixture.read("/opt/answer")).toBe("yes please\n");
  });

  it("fails when the program does not exist", async () => {
    const failure = await fixture.step("ExecuteBinary", "  inputs:\n    path: /opt/nothing");
    expect(failure?.message).toBe("ExecuteBinary: fork/exec /opt/nothing: no such file or directory");
  });
});

describe("files and folders", () => {
  it("creates a file with content, owner and permissions", async () => {
    await fixture.step(
      "CreateFile",
      '  inputs:\n    - path: /etc/app/a.env\n      content: A=1\n      owner: ec2-user\n      group: root\n      permissions: "0640"',
    );
    expect(await fixture.read("/etc/app/a.env")).toBe("A=1");
    expect(mode("/etc/app/a.env")).toBe("640");
    expect(ownerOf(fixture.machine.paths.root, fixture.path("/etc/app/a.env"))).toEqual({
      owner: "ec2-user",
      group: "root",
    });
  });

  it("keeps an existing file when overwrite is false", async () => {
    const failure = await fixture.step(
      "CreateFile",
      "  inputs:\n    - path: /etc/hosts\n      content: x\n      overwrite: false",
    );
    expect(failure?.message).toBe("CreateFile: file /etc/hosts already exists and overwrite is false");
  });

  it("refuses an owner that the machine does not know", async () => {
    const failure = await fixture.step(
      "CreateFile",
      "  inputs:\n    - path: /opt/x\n      owner: nobody-knows",
    );
    expect(failure?.message).toBe("CreateFile: user: unknown user nobody-knows");
  });

  it("refuses permissions that YAML may have read as a number", async () => {
    const failure = await fixture.step(
      "SetFilePermissions",
      "  inputs:\n    - path: /etc/hosts\n      permissions: 0644",
    );
    expect(failure?.message).toContain('must be a string of octal digits like "0644"');
  });

  it("appends, copies, moves, links, lists, reads and deletes", async () => {
    const failure = await fixture.run(`schemaVersion: 1.0
phases:
  - name: build
    steps:
      - { name: Folder, action: CreateFolder, inputs: [{ path: /srv/a, permissions: "0750" }] }
      - { name: File, action: CreateFile, inputs: [{ path: /srv/a/one.txt, content: one }] }
      - { name: Append, action: AppendFile, inputs: [{ path: /srv/a/one.txt, content: " two" }] }
      - { name: Copy, action: CopyFile, inputs: [{ source: /srv/a/*.txt, destination: /srv/b/ }] }
      - { name: Move, action: MoveFile, inputs: [{ source: /srv/b/one.txt, destination: /srv/b/moved.txt }] }
      - { name: Link, action: CreateSymlink, inputs: [{ path: /srv/link, target: /srv/b/moved.txt }] }
      - { name: List, action: ListFiles, inputs: [{ path: /srv, recursive: true, fileNamePattern: "*.txt" }] }
      - { name: Read, action: ReadFile, inputs: [{ path: /srv/link }] }
      - { name: CopyAll, action: CopyFolder, inputs: [{ source: /srv/a, destination: /srv/c }] }
      - { name: MoveAll, action: MoveFolder, inputs: [{ source: /srv/c, destination: /srv/d }] }
      - { name: Delete, action: DeleteFile, inputs: [{ path: /srv/a/*.txt }] }
      - { name: DeleteAll, action: DeleteFolder, inputs: [{ path: /srv/d, force: true }] }
      - name: Show
        action: ExecuteBash
        inputs:
          commands:
            - echo '{{ build.List.outputs.files }}' '{{ build.Read.outputs.content }}' '{{ build.Copy.inputs[0].destination }}'
`);
    expect(failure).toBeUndefined();
    expect(fixture.lines).toContain("Stdout: /srv/a/one.txt");
    expect(fixture.lines).toContain("Stdout: /srv/b/moved.txt one two /srv/b/");
    expect(readlinkSync(fixture.path("/srv/link"))).toBe(fixture.path("/srv/b/moved.txt"));
    expect(existsSync(fixture.path("/srv/d"))).toBe(false);
    expect(mode("/srv/a")).toBe("750");
  });

  it("changes the encoding of a file, from and to UTF-8", async () => {
    await fixture.write("/opt/text", "\ufeffgrün");
    const encode = (encoding: string) =>
      fixture.step("SetFileEncoding", `  inputs:\n    - { path: /opt/text, encoding: ${encoding} }`);
    expect(await encode("utf-16")).toBeUndefined();
    expect(await fixture.read("/opt/text")).toBe(Buffer.from("\ufeffgrün", "utf16le").toString());
    expect(await encode("utf-8")).toBeUndefined();
    expect(await fixture.read("/opt/text")).toBe("\ufeffgrün");
    expect((await encode("ebcdic"))?.message).toContain("ebcdic");
  });

  it("changes owner and permissions of a whole folder", async () => {
    await fixture.bash("mkdir -p /srv/tree/deep; touch /srv/tree/deep/file");
    await fixture.step("SetFolderOwner", "  inputs:\n    - path: /srv/tree\n      owner: ec2-user");
    await fixture.step("SetFolderPermissions", '  inputs:\n    - path: /srv/tree\n      permissions: "0755"');
    await fixture.bash("stat -c '%U:%G %a' /srv/tree/deep/file");
    expect(fixture.lines).toContain("Stdout: ec2-user:ec2-user 755");
  });

  it.each([
    ["AppendFile", "path: /opt/none", "AppendFile: /opt/none does not exist"],
    ["DeleteFile", "path: /opt/none", "DeleteFile: file /opt/none does not exist"],
    ["DeleteFolder", "path: /etc", "DeleteFolder: folder /etc is not empty and force is not true"],
    [
      "CopyFile",
      "{ source: /opt/none, destination: /opt/b }",
      "CopyFile: source file /opt/none does not exist",
    ],
    ["CreateSymlink", "{ path: /opt/l, target: /opt/none }", "CreateSymlink: /opt/none does not exist"],
    [
      "CreateSymlink",
      "{ path: /etc/hosts, target: /etc/passwd }",
      "CreateSymlink: /etc/hosts already exists",
    ],
    ["SetFileOwner", "{ path: /etc, owner: root }", "SetFileOwner: /etc is a folder"],
  ])("%s of %s fails", async (action, input, message) => {
    expect((await fixture.step(action, `  inputs:\n    - ${input}`))?.message).toBe(message);
  });
});

describe("S3", () => {
  it("downloads an object byte for byte", async () => {
    const content = Buffer.from([0, 1, 2, 255]);
    s3.on(GetObjectCommand, { Bucket: "b", Key: "k/app.zip" }).callsFake(async () => ({
      Body: Readable.from([content]),
    }));
    await fixture.step(
      "S3Download",
      "  inputs:\n    - source: s3://b/k/app.zip\n      destination: /opt/app.zip",
    );
    expect(Buffer.from(await fixture.read("/opt/app.zip"), "utf8")).toBeDefined();
    expect(statSync(fixture.path("/opt/app.zip")).size).toBe(4);
  });

  it("downloads everything below a prefix", async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: "p/a" }, { Key: "p/q/b" }] });
    s3.on(GetObjectCommand).callsFake(async () => ({ Body: Readable.from(["x"]) }));
    await fixture.step("S3Download", "  inputs:\n    - source: s3://b/p/*\n      destination: /var/lib");
    expect(await fixture.read("/var/lib/q/b")).toBe("x");
  });

  it.each([
    [
      "denied",
      Object.assign(new Error("User: x is not authorized"), { name: "AccessDenied" }),
      "/opt/d",
      "S3Download: AccessDenied: User: x is not authorized",
    ],
    [
      "into a folder that does not exist",
      undefined,
      "/opt/no/d",
      "S3Download: the folder of destination /opt/no/d does not exist",
    ],
  ])("fails when %s", async (_case, error, destination, message) => {
    if (error) s3.on(GetObjectCommand).rejects(error);
    const failure = await fixture.step(
      "S3Download",
      `  inputs:\n    - source: s3://b/k\n      destination: ${destination}`,
    );
    expect(failure?.message).toBe(message);
  });

  it("uploads files that match a wildcard", async () => {
    s3.on(PutObjectCommand).resolves({});
    await fixture.bash("mkdir -p /srv/up; echo 1 > /srv/up/a.log; echo 2 > /srv/up/b.log");
    await fixture.step("S3Upload", "  inputs:\n    - source: /srv/up/*.log\n      destination: s3://b/logs/");
    expect(
      s3
        .commandCalls(PutObjectCommand)
        .map((call) => call.args[0].input.Key)
        .sort(),
    ).toEqual(["logs/a.log", "logs/b.log"]);
  });
});

describe("the other modules", () => {
  it("downloads from this machine and verifies the checksum", async () => {
    const server = createServer((_, response) => response.end("content"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const sum = createHash("sha256").update("content").digest("hex");
    const input = (checksum: string): string =>
      `  inputs:\n    - { source: "http://127.0.0.1:${port}/tool", destination: /opt/web/, algorithm: SHA256, checksum: "${checksum}", overwrite: true }`;
    expect((await fixture.step("WebDownload", input("0".repeat(64))))?.message).toContain("does not match");
    expect(await fixture.step("WebDownload", input(sum))).toBeUndefined();
    expect(await fixture.read("/opt/web/tool")).toBe("content");
    server.close();
  });

  it("does not download from elsewhere", async () => {
    const failure = await fixture.step(
      "WebDownload",
      "  inputs:\n    - { source: https://example.com/x, destination: /opt/x }",
    );
    expect(failure?.message).toContain("example.com is not this machine");
  });

  it.each([
    ["{ stringEquals: Yes, value: yes }", undefined],
    ["{ numberGreaterThan: 5, value: '7' }", undefined],
    ["{ numberGreaterThan: 5, value: a7 }", "Assert"],
    ["{ patternMatches: '^v[0-9]+$', value: v12 }", undefined],
    ["{ and: [{ stringEquals: a, value: a }, { not: { stringIsEmpty: x } }] }", undefined],
    ["{ or: [{ stringEquals: a, value: b }, { numberEquals: 1, value: 2 }] }", "Assert"],
  ])("asserts %s", async (condition, action) => {
    expect((await fixture.step("Assert", `  inputs:\n    - ${condition}`))?.action).toBe(action);
  });

  it("reboots and updates without doing harm", async () => {
    expect(await fixture.step("Reboot", "")).toBeUndefined();
    expect(await fixture.step("UpdateOS", "  inputs:\n    exclude: [kernel]")).toBeUndefined();
    expect(fixture.lines).toContain('UpdateOS: include [], exclude ["kernel"]');
  });
});
