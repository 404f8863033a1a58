import fc, { type Arbitrary } from "fast-check";
import { type MalformedBytes, signedFor } from "./request";

const lines = (...all: string[]): string => all.join("\r\n");
const signature = Object.entries(signedFor("codecommit")).map(([name, value]) => `${name}: ${value}`);
const head = (...more: string[]): string =>
  lines(
    "POST / HTTP/1.1",
    "Host: 127.0.0.1",
    ...signature,
    "x-amz-target: CodeCommit_20150413.GetRepository",
    ...more,
    "",
    "",
  );

const small = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const end = fc.constantFrom("finish", "reset") satisfies Arbitrary<MalformedBytes["end"]>;

const text = (kind: string, texts: Arbitrary<string>): Arbitrary<MalformedBytes> =>
  fc.tuple(texts, end).map(([one, how]) => ({ kind, bytes: Buffer.from(one, "latin1"), end: how }));

/** What does not get through as HTTP: the rest of a request is missing, or it never was one. */
export const malformedBytes: Arbitrary<MalformedBytes> = fc.oneof(
  fc.tuple(small, end).map(([bytes, how]): MalformedBytes => ({ kind: "binary junk", bytes, end: how })),
  text(
    "truncated body",
    fc
      .integer({ min: 1, max: 100_000 })
      .map((length) => head(`Content-Length: ${length + 10}`) + '{"reposito'),
  ),
  text(
    "truncated head",
    fc.integer({ min: 1, max: head().length - 5 }).map((length) => head().slice(0, length)),
  ),
  text(
    "chunked garbage",
    fc
      .constantFrom(
        "zz\r\n{}\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\n",
        "5\r\n{}\r\n",
        "-1\r\n",
        "2\r\n{}0\r\n\r\n",
        "2;x=\u0000\r\n{}",
      )
      .map((chunks) => head("Transfer-Encoding: chunked") + chunks),
  ),
  text("two lengths", fc.constant(head("Content-Length: 2", "Transfer-Encoding: chunked") + "{}")),
  text("lengths that differ", fc.constant(head("Content-Length: 2", "Content-Length: 4") + "{}")),
  text(
    "huge header",
    fc.integer({ min: 17_000, max: 100_000 }).map((size) => head(`x-junk: ${"a".repeat(size)}`)),
  ),
  text(
    "many headers",
    fc.integer({ min: 1000, max: 3000 }).map((count) => head(...Array<string>(count).fill("x: y")) + "{"),
  ),
  text(
    "odd request line",
    fc.constantFrom(
      "GET\r\n\r\n",
      "get / HTTP/1.1\r\n\r\n",
      "POST / HTTP/9.9\r\n\r\n",
      "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
      "* * *\r\n\r\n",
      "POST  HTTP/1.1\r\n\r\n",
    ),
  ),
  text(
    "odd target",
    fc
      .constantFrom("http://[::1", "//", "http://a b/", "\\\\", "*", "http://\u00ff/")
      .map((target) => head().replace("POST / ", `POST ${target} `)),
  ),
  text(
    "odd host",
    fc
      .constantFrom("", "a b", "[", "%zz", "127.0.0.1:99999999", "\u00ff")
      .map((host) => head("Content-Length: 1").replace("Host: 127.0.0.1", `Host: ${host}`) + "{"),
  ),
  text("odd expectation", fc.constant(head("Expect: the-unexpected", "Content-Length: 2") + "{}")),
  text("upgrade", fc.constant(head("Connection: upgrade", "Upgrade: nosuch", "Content-Length: 1") + "{")),
);
