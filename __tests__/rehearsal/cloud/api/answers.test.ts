import { CodePipelineClient, GetPipelineCommand } from "@aws-sdk/client-codepipeline";
import { GetComponentCommand, ImagebuilderClient } from "@aws-sdk/client-imagebuilder";
import type { ModelName } from "../../../../rehearsal/cloud/api/model";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf } from "../../../support/test-cloud";

const pipeline = { name: "hello", roleArn: "arn:aws:iam::111122223333:role/r", stages: [] };
const arn = "arn:aws:imagebuilder:eu-central-1:111122223333:component/app/1.0.0/1";

describe("an answer held against its API model", () => {
  const gateway = new GatewayHarness();
  beforeAll(() => gateway.start());
  afterEach(() => void (gateway.unexpected.length = 0));
  afterAll(() => gateway.stop());

  const serve = (model: ModelName, operation: string, answer: unknown): void => {
    const run = (): unknown => {
      if (answer instanceof Error) throw answer;
      return answer;
    };
    const operations = { [operation]: { permissions: () => [], run } };
    gateway.parts = [{ services: [{ name: model, model: modelOf(model), operations }] }];
  };
  const getPipeline = (answer: unknown) => {
    serve("codepipeline", "GetPipeline", answer);
    return new CodePipelineClient(gateway.client).send(new GetPipelineCommand({ name: "hello" }));
  };

  it("reaches the client when it fits", async () => {
    expect((await getPipeline({ pipeline })).pipeline).toEqual(pipeline);
    expect(gateway.unexpected).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    [
      "lacks a member",
      { pipeline: { ...pipeline, name: undefined } },
      "Value null at 'pipeline.name' failed to satisfy constraint: Member must not be null",
    ],
    ["has a member too many", { pipeline, colour: "red" }, "Value at 'colour' failed to satisfy constraint"],
    ["has a member of another type", { pipeline: { ...pipeline, version: "1" } }, "must be of type integer"],
    ["has a value out of range", { pipeline: { ...pipeline, version: 0 } }, "greater than or equal to 1"],
    ["breaks a pattern", { pipeline: { ...pipeline, name: "a b" } }, "regular expression pattern"],
    [
      "has a value that is no choice",
      { pipeline: { ...pipeline, executionMode: "SOMETIMES" } },
      "Member must satisfy enum value set: [QUEUED, SUPERSEDED, PARALLEL]",
    ],
    [
      "is an error that the operation does not declare",
      new ServiceError("StageNotFoundException", "no stage x"),
      "StageNotFoundException is not declared; no stage x",
    ],
    [
      "is an error with a member too many",
      new ServiceError("PipelineNotFoundException", "no", 400, { colour: "red" }),
      "PipelineNotFoundException has no member colour",
    ],
    ["is an exception", new TypeError("undefined is not a function"), "undefined is not a function"],
  ])("is the gateway's failure when it %s", async (_, answer, message) => {
    await expect(getPipeline(answer)).rejects.toMatchObject({
      name: "InternalFailure",
      $metadata: { httpStatusCode: answer instanceof TypeError ? 500 : 501 },
    });
    expect(gateway.unexpected).toEqual([
      expect.objectContaining({ message: expect.stringContaining(message) }),
    ]);
  });

  it("may be one of the errors that every operation has", async () => {
    await expect(getPipeline(new ServiceError("ThrottlingException", "slow down"))).rejects.toMatchObject({
      name: "ThrottlingException",
    });
  });

  it("has the status that the model gives an error", async () => {
    serve("imagebuilder", "GetComponent", new ServiceError("ForbiddenException", "no"));
    await expect(
      new ImagebuilderClient(gateway.client).send(new GetComponentCommand({ componentBuildVersionArn: arn })),
    ).rejects.toMatchObject({ name: "ForbiddenException", $metadata: { httpStatusCode: 403 } });
  });

  it("may be an empty list or map where requests need one entry", async () => {
    serve("imagebuilder", "GetComponent", { component: { arn, tags: {} } });
    const answer = await new ImagebuilderClient(gateway.client).send(
      new GetComponentCommand({ componentBuildVersionArn: arn }),
    );
    expect(answer.component!.tags).toEqual({});
  });
});
