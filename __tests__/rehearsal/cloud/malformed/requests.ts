import fc, { type Arbitrary } from "fast-check";
import { modelOf } from "../../../support/test-cloud";
import { brokenForm, brokenJson, fallible, wrongObject, wrongTypes } from "./bodies";
import { accountId, type ErrorForm, type MalformedRequest, signedFor } from "./request";

const methods = ["POST", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "REPORT", "TRACE"] as const;
const text = fc.string({ unit: "binary", maxLength: 60 });
const word = fc.stringMatching(/^[A-Za-z_]{1,30}$/);

const jsonModels = [modelOf("codecommit"), modelOf("codebuild"), modelOf("codepipeline")];
const restModel = modelOf("imagebuilder");
const jsonType = { "content-type": "application/x-amz-json-1.1" };
const formType = { "content-type": "application/x-www-form-urlencoded" };

type Part = Partial<Omit<MalformedRequest, "form">> & Pick<MalformedRequest, "kind">;
const request = (form: ErrorForm, service: string, { headers, ...part }: Part): MalformedRequest => ({
  form,
  method: "POST",
  path: "/",
  body: Buffer.alloc(0),
  ...part,
  headers: { ...signedFor(service), ...headers },
});

/** Names that are properties of every JavaScript object are worth more than chance gives them. */
const noOperation = fc.oneof(
  word,
  text
    .filter((name) => !/[\r\n\0]/.test(name))
    .map((name) =>
      Buffer.from(name)
        .toString("latin1")
        .replace(/[^\x20-\xff]/g, ""),
    ),
  fc.constantFrom(
    "",
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "getrepository",
    "GetRepository\t",
  ),
);

const jsonRequests: Arbitrary<MalformedRequest> = fc.constantFrom(...jsonModels).chain((model) => {
  const { endpointPrefix, targetPrefix } = model.metadata;
  const send = (kind: string, target: string, body: Buffer): MalformedRequest =>
    request("json", endpointPrefix, { kind, body, headers: { ...jsonType, "x-amz-target": target } });
  const operation = fc.constantFrom(...fallible(model));
  return fc.oneof(
    fc
      .tuple(operation, brokenJson)
      .map(([{ name }, body]) => send("broken JSON", `${targetPrefix}.${name}`, body)),
    operation.chain((one) =>
      wrongObject(model, one).map((body) => send("wrong members", `${targetPrefix}.${one.name}`, body)),
    ),
    noOperation.map((name) => send("no operation", `${targetPrefix}.${name}`, Buffer.from("{}"))),
    fc
      .tuple(word, operation)
      .map(([prefix, { name }]) => send("no target", `${prefix}.${name}`, Buffer.from("{}"))),
  );
});

const restRequests: Arbitrary<MalformedRequest> = (() => {
  const send = (
    kind: string,
    method: string,
    path: string,
    body: Buffer = Buffer.alloc(0),
  ): MalformedRequest =>
    request("rest-json", "imagebuilder", {
      kind,
      method,
      path,
      body,
      headers: { "content-type": "application/json" },
    });
  const operation = fc.constantFrom(...fallible(restModel));
  const segment = fc.oneof(
    fc.constantFrom(
      "%",
      "%zz",
      "%ff%fe",
      "%00",
      "..",
      "CreateComponent",
      "tags",
      "constructor",
      "%2e%2e%2f",
      "a".repeat(4000),
    ),
    text.map(encodeURIComponent),
  );
  return fc.oneof(
    fc
      .tuple(operation, brokenJson)
      .map(([{ http }, body]) => send("broken JSON", http.method, http.requestUri, body)),
    operation.chain(({ http, ...one }) =>
      wrongObject(restModel, { http, ...one }).map((body) =>
        send("wrong members", http.method, http.requestUri, body),
      ),
    ),
    fc
      .tuple(fc.constantFrom(...methods), fc.array(segment, { minLength: 1, maxLength: 5 }))
      .map(([method, segments]) => send("odd path", method, `/nosuch/${segments.join("/")}`)),
    fc
      .tuple(fc.constantFrom("GET", "POST", "DELETE"), segment)
      .map(([method, end]) => send("odd ARN", method, `/tags/${end}`)),
    segment.map((value) =>
      send("odd query", "GET", `/GetComponent?componentBuildVersionArn=${value}&%=%zz&&=`),
    ),
  );
})();

const queryRequests = (service: string, form: "query" | "ec2"): Arbitrary<MalformedRequest> => {
  const send = (kind: string, body: string | Buffer, method = "POST"): MalformedRequest =>
    request(form, service, { kind, method, body: Buffer.from(body), headers: formType });
  return fc.oneof(
    fc
      .tuple(word, brokenForm)
      .map(([action, fields]) => send("no action", `Action=${action}&Version=2011-01-01&${fields}`)),
    brokenForm.map((fields) => send("without action", fields)),
    fc
      .constantFrom("__proto__", "constructor", "toString", "")
      .map((action) => send("no action", `Action=${action}`)),
    fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => send("binary body", Buffer.from(bytes))),
    brokenJson.map((body) => send("JSON for a form", body)),
  );
};
const ownForms: Arbitrary<MalformedRequest> = fc
  .tuple(
    fc.constantFrom(
      "CreateAutoScalingGroup",
      "StartInstanceRefresh",
      "SetDesiredCapacity",
      "PutScalingPolicy",
      "CreateOrUpdateTags",
    ),
    brokenForm,
  )
  .map(([action, fields]) =>
    request("query", "autoscaling", {
      kind: "wrong members",
      body: Buffer.from(`Action=${action}&${fields}`),
      headers: formType,
    }),
  );

/** Services that the emulator serves; what reaches it has passed the gateway. */
const emulated: Arbitrary<MalformedRequest> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom("ssm", "kms", "logs", "events", "secretsmanager", "dynamodb"),
      noOperation,
      brokenJson,
    )
    .map(([service, name, body]) =>
      request("json", service, {
        kind: "no operation",
        body,
        headers: { ...jsonType, "x-amz-target": name },
      }),
    ),
  fc
    .tuple(
      fc.constantFrom(
        ["ssm", "AmazonSSM.GetParameter"],
        ["kms", "TrentService.DescribeKey"],
        ["logs", "Logs_20140328.PutLogEvents"],
        ["events", "AWSEvents.PutRule"],
      ),
      fc.oneof(brokenJson, wrongTypes),
    )
    .map(([[service, target], body]) =>
      request("json", service!, {
        kind: "broken JSON",
        body,
        headers: { ...jsonType, "x-amz-target": target! },
      }),
    ),
  fc
    .constantFrom("iam", "sts", "sns", "elasticloadbalancing", "monitoring")
    .chain((service) => queryRequests(service, "query")),
  queryRequests("ec2", "ec2"),
  fc
    .tuple(
      fc.constantFrom("GET", "DELETE", "POST"),
      text.map(encodeURIComponent),
      text.map(encodeURIComponent),
    )
    .map(([method, key, query]) =>
      request("s3", "s3", { kind: "no bucket", method, path: `/no-such-bucket/${key || "key"}?${query}` }),
    ),
  fc
    .tuple(fc.constantFrom("GET", "POST", "PUT", "DELETE"), text.map(encodeURIComponent), brokenJson)
    .map(([method, name, body]) =>
      request("rest-json", "lambda", {
        kind: "no function",
        method,
        path: `/2015-03-31/functions/no-such-${name}/configuration`,
        body,
      }),
    ),
);

const badKeys: Arbitrary<MalformedRequest> = fc
  .tuple(
    fc.constantFrom("codecommit", "codepipeline", "codebuild"),
    fc.oneof(word, fc.constantFrom("AKIA%2f..", "%zz", "AKIAIOSFODNN7EXAMPLE")),
    fc.constantFrom("", "\u00ff\u00fe", "a".repeat(3000)),
  )
  .map(([service, key, token]) =>
    request("json", service, {
      kind: "bad key",
      headers: {
        ...jsonType,
        "x-amz-target": "CodeCommit_20150413.ListRepositories",
        ...signedFor(service, key),
        ...(token ? { "x-amz-security-token": token } : {}),
      },
    }),
  );

/** Signatures that can't be read, and services that do not exist: nobody knows whose error to write. */
const unknown: Arbitrary<MalformedRequest> = fc.oneof(
  fc
    .tuple(word, fc.constantFrom(...methods), brokenJson)
    .map(([service, method, body]) =>
      request("http", `nosuch${service}`, { kind: "no service", method, body }),
    ),
  fc
    .tuple(
      fc.constantFrom(
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b/c",
        "AWS4-HMAC-SHA256 Credential=/b/c/codecommit/aws4_request",
        "Bearer x",
        "AWS a:b",
        "Digest",
      ),
      fc.constantFrom(...jsonModels),
    )
    .map(([authorization, { metadata }]) =>
      request("http", "", {
        kind: "no signature",
        headers: { ...jsonType, authorization, "x-amz-target": `${metadata.targetPrefix}.NoSuchOperation` },
      }),
    ),
  fc
    .tuple(
      fc.constantFrom(...methods),
      fc.constantFrom("/_gateway/", "/_ministack/", "/_localstack/", "/_"),
      word,
    )
    .map(([method, path, name]) =>
      request("http", "", { kind: "controls of the emulator", method, path: path + name }),
    ),
);

const basic = (credentials: string): Record<string, string> =>
  credentials ? { authorization: `Basic ${Buffer.from(credentials).toString("base64")}` } : {};
const git: Arbitrary<MalformedRequest> = fc
  .tuple(
    fc.constantFrom("GET", "POST", "PUT"),
    fc.oneof(word, fc.constantFrom("%zz", "%", "..", "%2e%2e", "a%00b")),
    fc.constantFrom(
      "info/refs",
      "info/refs?service=git-upload-pack",
      "git-receive-pack",
      "git-upload-pack",
      "HEAD",
      "",
    ),
    fc.constantFrom("", `${accountId}:any`, "nobody:any", ":", "\u0000", "AKIA%ZZ:20261124T120000Z"),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([method, name, rest, credentials, body]): MalformedRequest => ({
    kind: "git",
    form: "git",
    method,
    path: `/v1/repos/${name}/${rest}`,
    headers: basic(credentials),
    body: method === "GET" ? Buffer.alloc(0) : Buffer.from(body),
  }));

export const malformedRequests: Arbitrary<MalformedRequest> = fc.oneof(
  { weight: 30, arbitrary: jsonRequests },
  { weight: 20, arbitrary: restRequests },
  { weight: 15, arbitrary: queryRequests("autoscaling", "query") },
  { weight: 5, arbitrary: ownForms },
  { weight: 5, arbitrary: badKeys },
  { weight: 5, arbitrary: git },
  { weight: 5, arbitrary: unknown },
  { weight: 15, arbitrary: emulated },
);
