import {
  AutoScalingClient,
  CreateOrUpdateTagsCommand,
  DescribeAutoScalingGroupsCommand,
} from "@aws-sdk/client-auto-scaling";
import {
  CodeCommitClient,
  GetBlobCommand,
  GetBranchCommand,
  ListBranchesCommand,
} from "@aws-sdk/client-codecommit";
import {
  GetComponentCommand,
  ImagebuilderClient,
  ListComponentsCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-imagebuilder";
import type { Operation, Service } from "../../../../rehearsal/cloud/api/service";
import { ServiceError } from "../../../../rehearsal/cloud/api/service-error";
import { GatewayHarness } from "../../../support/gateway-harness";
import { modelOf } from "../../../support/test-cloud";

/** Operations that remember their input and answer what the test says. */
const inputs: unknown[] = [];
const answering = (output: unknown): Operation<unknown, unknown> => ({
  permissions: () => [],
  run: (input) => {
    inputs.push(input);
    if (output instanceof Error) throw output;
    return output;
  },
});

describe("the wire protocols, spoken by the AWS SDK", () => {
  const gateway = new GatewayHarness();
  const serve = (
    name: string,
    model: Parameters<typeof modelOf>[0],
    operations: Service["operations"],
  ): void => {
    gateway.parts = [{ services: [{ name, model: modelOf(model), operations }] }];
  };
  beforeAll(() => gateway.start());
  beforeEach(() => void (inputs.length = 0));
  afterAll(() => gateway.stop());

  it("carry a list of structures and a timestamp by query", async () => {
    const created = new Date("2026-11-24T10:00:00Z");
    const group = {
      AutoScalingGroupName: "a&b",
      MinSize: 0,
      MaxSize: 4,
      DesiredCapacity: 2,
      DefaultCooldown: 300,
      AvailabilityZones: ["eu-central-1a"],
      HealthCheckType: "EC2",
      CreatedTime: created,
      Tags: [],
    };
    serve("autoscaling", "autoscaling", {
      CreateOrUpdateTags: answering({}),
      DescribeAutoScalingGroups: answering({ AutoScalingGroups: [group] }),
    });
    const client = new AutoScalingClient(gateway.client);
    const tags = [
      { ResourceId: "a", ResourceType: "auto-scaling-group", Key: "k", Value: "v", PropagateAtLaunch: true },
    ];
    await client.send(new CreateOrUpdateTagsCommand({ Tags: tags }));
    const { AutoScalingGroups } = await client.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ["a&b"] }),
    );
    expect(inputs).toEqual([{ Tags: tags }, { AutoScalingGroupNames: ["a&b"] }]);
    expect(AutoScalingGroups).toEqual([
      expect.objectContaining({ AutoScalingGroupName: "a&b", DesiredCapacity: 2, CreatedTime: created }),
    ]);
  });

  it("carry bytes by JSON", async () => {
    serve("codecommit", "codecommit", { GetBlob: answering({ content: Buffer.from([0, 255]) }) });
    const { content } = await new CodeCommitClient(gateway.client).send(
      new GetBlobCommand({ repositoryName: "r", blobId: "b" }),
    );
    expect([...content!]).toEqual([0, 255]);
  });

  it("carry members in path, query string and body by REST", async () => {
    const arn = "arn:aws:imagebuilder:eu-central-1:111122223333:component/app/1.0.0/1";
    serve("imagebuilder", "imagebuilder", {
      GetComponent: answering({ component: { arn, name: "app" } }),
      ListComponents: answering({ componentVersionList: [] }),
      UntagResource: answering({}),
    });
    const client = new ImagebuilderClient(gateway.client);
    expect((await client.send(new GetComponentCommand({ componentBuildVersionArn: arn }))).component).toEqual(
      { arn, name: "app" },
    );
    await client.send(new ListComponentsCommand({ owner: "Self", maxResults: 5 }));
    await client.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ["a", "b"] }));
    expect(inputs).toEqual([
      { componentBuildVersionArn: arn },
      { owner: "Self", maxResults: 5 },
      { resourceArn: arn, tagKeys: ["a", "b"] },
    ]);
  });

  it("carry a service's own errors", async () => {
    serve("codecommit", "codecommit", {
      GetBranch: answering(new ServiceError("BranchDoesNotExistException", "no branch x")),
    });
    const call = new CodeCommitClient(gateway.client).send(
      new GetBranchCommand({ repositoryName: "r", branchName: "x" }),
    );
    await expect(call).rejects.toMatchObject({ name: "BranchDoesNotExistException", message: "no branch x" });
  });

  it("refuse an operation that is not served, and a caller who may not", async () => {
    serve("codecommit", "codecommit", {
      GetBranch: { permissions: () => [{ action: "codecommit:GetBranch", resource: "*" }], run: () => ({}) },
    });
    gateway.denied.add("codecommit:GetBranch");
    const client = new CodeCommitClient(gateway.client);
    await expect(client.send(new ListBranchesCommand({ repositoryName: "r" }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
    await expect(client.send(new GetBranchCommand({ repositoryName: "r" }))).rejects.toMatchObject({
      name: "AccessDeniedException",
    });
  });

  it("answer a broken request with an error, never with an exception", async () => {
    serve("codecommit", "codecommit", { GetBranch: answering({}) });
    const response = await fetch(gateway.endpoint, {
      method: "POST",
      body: "{",
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=A/20261124/eu-central-1/codecommit/aws4_request, SignedHeaders=host, Signature=x",
        "x-amz-target": "CodeCommit_20150413.GetBranch",
      },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "SerializationException" });
    expect(gateway.unexpected).toEqual([]);
  });
});
