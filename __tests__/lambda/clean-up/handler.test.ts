import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import {
  CancelImageCreationCommand,
  DeleteComponentCommand,
  DeleteImageCommand,
  DeleteImageRecipeCommand,
  GetImageCommand,
  ImagebuilderClient,
  ListComponentBuildVersionsCommand,
  ListComponentsCommand,
  ListImageBuildVersionsCommand,
  ListImageRecipesCommand,
  ListImagesCommand,
} from "@aws-sdk/client-imagebuilder";
import { mockClient } from "aws-sdk-client-mock";
import { cleanUp } from "../../../lambda/clean-up/clean-up";
import { handler } from "../../../lambda/clean-up/handler";
import { serviceError, silenceLogs } from "../support/job-events";

// waits between two looks at what may not be known everywhere yet, and for a build that was cancelled
jest.mock("node:timers/promises", () => ({ setTimeout: () => Promise.resolve() }));

const environment = {
  APPLICATION: "shop",
  COMPONENT_NAME: "shop-application",
  RECIPE_NAME: "shop-release",
  BASE_NAME_PREFIX: "shop-base",
  REGIONS: "eu-west-1, us-east-1",
};
const context = { getRemainingTimeInMillis: () => 900_000 };
const destroy = { tf: { action: "delete", prev_input: {} } };
const [imageBuilder, ec2] = [mockClient(ImagebuilderClient), mockClient(EC2Client)];
const tags = { Application: "shop" };
const available = {
  arn: "image/1",
  tags,
  state: { status: "AVAILABLE" as const },
  outputResources: { amis: [{ region: "eu-west-1", image: "ami-1" }] },
};
const ami = {
  ImageId: "ami-1",
  Tags: [{ Key: "Application", Value: "shop" }],
  BlockDeviceMappings: [
    { Ebs: { SnapshotId: "snap-1" } },
    { VirtualName: "ephemeral0" },
    { Ebs: { SnapshotId: "snap-2" } },
  ],
};
const order: string[] = [];

beforeEach(() => {
  silenceLogs();
  imageBuilder.reset();
  ec2.reset();
  order.length = 0;
  Object.assign(process.env, environment);
  const note = (name: string) => () => void order.push(name);
  imageBuilder
    .on(ListImagesCommand)
    .resolvesOnce({ imageVersionList: [{ name: "shop-release", arn: "image" }], nextToken: "next" })
    .resolves({ imageVersionList: [{ name: "shop-release-other", arn: "other" }] });
  imageBuilder.on(ListImageBuildVersionsCommand).resolves({ imageSummaryList: [{ arn: "image/1" }] });
  imageBuilder.on(GetImageCommand).resolves({ image: available });
  imageBuilder.on(CancelImageCreationCommand).callsFake(note("cancel"));
  imageBuilder.on(DeleteImageCommand).callsFake(note("image"));
  imageBuilder.on(ListImageRecipesCommand).resolves({
    imageRecipeSummaryList: [
      { name: "shop-release", arn: "recipe", tags },
      { name: "shop-release-other", arn: "recipe/other", tags },
    ],
  });
  imageBuilder.on(DeleteImageRecipeCommand).callsFake(note("recipe"));
  imageBuilder.on(ListComponentsCommand).resolves({
    componentVersionList: [
      { name: "shop-application", arn: "component" },
      { name: "shop-base-other", arn: "component/other" },
    ],
  });
  imageBuilder
    .on(ListComponentBuildVersionsCommand)
    .resolvesOnce({ componentSummaryList: [{ arn: "component/1", tags }], nextToken: "next" })
    .resolves({ componentSummaryList: [{ arn: "component/2", tags }] });
  imageBuilder.on(DeleteComponentCommand).callsFake(note("component"));
  ec2
    .on(DescribeImagesCommand)
    .resolvesOnce({ Images: [ami] })
    .resolves({ Images: [] });
  ec2.on(DeregisterImageCommand).callsFake(() => {
    order.push("ami");
    return { DeleteSnapshotResults: [{ SnapshotId: "snap-1", ReturnCode: "success" }] };
  });
  ec2.on(DeleteSnapshotCommand).callsFake(note("snapshot"));
});

describe("cleaning up", () => {
  it.each(["create", "update"])("does nothing when Terraform sends %s", async (action) => {
    await expect(handler({ tf: { action } }, context)).resolves.toEqual({});
    expect(imageBuilder.calls()).toHaveLength(0);
  });

  it.each([undefined, {}, { tf: {} }, { tf: { action: "destroy" } }])("refuses the event %j", (event) =>
    expect(handler(event, context)).rejects.toThrow("allowed: create, update, delete"),
  );

  it("removes everything of a release on destroy, each before what it is made from", async () => {
    await expect(handler(destroy, context)).resolves.toEqual({
      removed: [
        "AMI ami-1 in eu-west-1 and its snapshots",
        "image image/1",
        "recipe recipe",
        "component component/1",
        "component component/2",
      ],
    });
    expect(order).toEqual(["ami", "image", "recipe", "component", "component"]);
  });

  it("removes an AMI and its snapshots in one call, and what EC2 could not by itself", async () => {
    ec2.on(DeregisterImageCommand).resolves({
      DeleteSnapshotResults: [
        { SnapshotId: "snap-1", ReturnCode: "success" },
        { SnapshotId: "snap-2", ReturnCode: "skipped" },
        { SnapshotId: "snap-3", ReturnCode: "internal-error" },
      ],
    });
    ec2.on(DeleteSnapshotCommand).rejects(serviceError("UnauthorizedOperation", "no"));
    await expect(handler(destroy, context)).rejects.toThrow(
      "could not remove 1 of what releases left: snapshot snap-3 in eu-west-1: UnauthorizedOperation: no",
    );
    expect(ec2.commandCalls(DeregisterImageCommand)[0]?.args[0].input).toEqual({
      ImageId: "ami-1",
      DeleteAssociatedSnapshots: true,
    });
  });

  it("looks for AMIs in every region, by exact tags and by what the images name", async () => {
    ec2.reset();
    ec2.on(DescribeImagesCommand).resolves({ Images: [] });
    await handler(destroy, context);
    const filters = ec2.commandCalls(DescribeImagesCommand).map((call) => call.args[0].input.Filters);
    const byTags = [
      { Name: "tag:Application", Values: ["shop"] },
      { Name: "tag:Name", Values: ["shop", "shop-base"] },
    ];
    expect(filters).toEqual([byTags, [{ Name: "image-id", Values: ["ami-1"] }], byTags]);
  });

  it("removes base images and base components of every content, and nothing that is only named alike", async () => {
    const names = ["shop-base-0123abcd", "shop-base-ffffffff"];
    const alike = ["shop-base", "shop-base-release", "shop-base-0123abcde", "other-base-0123abcd"];
    imageBuilder.on(ListImagesCommand).resolves({
      imageVersionList: [...names, ...alike].map((name) => ({ name, arn: `image/${name}` })),
    });
    imageBuilder
      .on(ListImageBuildVersionsCommand)
      .callsFake(({ imageVersionArn }) => ({ imageSummaryList: [{ arn: `${imageVersionArn}/1` }] }));
    imageBuilder.on(GetImageCommand).callsFake(({ imageBuildVersionArn: arn }) => ({
      // a scheduled one has only its recipe's tags
      image: { arn, imageRecipe: { tags }, state: { status: "AVAILABLE" } },
    }));
    imageBuilder.on(ListComponentsCommand).resolves({
      componentVersionList: [...names, ...alike].map((name) => ({ name, arn: `component/${name}` })),
    });
    imageBuilder.on(ListComponentBuildVersionsCommand).callsFake(({ componentVersionArn }) => ({
      componentSummaryList: [{ arn: `${componentVersionArn}/1`, tags }],
    }));
    const { removed } = await handler(destroy, context);
    expect(removed?.filter((thing) => thing.startsWith("image") || thing.startsWith("component"))).toEqual([
      ...names.map((name) => `image image/${name}/1`),
      ...names.map((name) => `component component/${name}/1`),
    ]);
  });

  it("cancels a build and waits for its end", async () => {
    imageBuilder
      .on(GetImageCommand)
      .resolvesOnce({ image: { ...available, state: { status: "BUILDING" } } })
      .resolvesOnce({ image: { ...available, state: { status: "BUILDING" } } })
      .resolves({ image: { ...available, state: { status: "CANCELLED" } } });
    const services = { imageBuilder: new ImagebuilderClient({}), ec2In: () => new EC2Client({}) };
    const patience = { pauseMilliseconds: 1, endsAt: Date.now() + 60_000 };
    await expect(cleanUp(services, environment, patience)).resolves.toContain("image image/1");
    expect(order).toContain("cancel");
  });

  it("looks again for an image that was listed and is not known everywhere yet", async () => {
    imageBuilder
      .on(GetImageCommand)
      .rejectsOnce(serviceError("ResourceNotFoundException"))
      .resolves({ image: available });
    await handler(destroy, context);
    expect(order).toContain("image");
  });

  it("fails when a build does not end in time", async () => {
    imageBuilder.on(GetImageCommand).resolves({ image: { ...available, state: { status: "BUILDING" } } });
    await expect(handler(destroy, { getRemainingTimeInMillis: () => 0 })).rejects.toThrow(
      "image image/1: is still BUILDING after it was cancelled",
    );
  });

  it("takes it that others removed things before", async () => {
    const gone = serviceError("ResourceNotFoundException");
    imageBuilder.on(GetImageCommand).rejects(gone);
    imageBuilder.on(DeleteImageRecipeCommand).rejects(gone);
    imageBuilder.on(DeleteComponentCommand).rejects(gone);
    ec2.on(DeregisterImageCommand).rejects(serviceError("InvalidAMIID.Unavailable"));
    ec2.on(DeleteSnapshotCommand).rejects(serviceError("InvalidSnapshot.NotFound"));
    await expect(handler(destroy, context)).resolves.toEqual({ removed: [] });
  });

  it("removes all it can and then fails with what is left and what is gone", async () => {
    imageBuilder.on(DeleteImageCommand).rejects(serviceError("ResourceDependencyException", "is shared"));
    await expect(handler(destroy, context)).rejects.toThrow(
      /could not remove 1 of .*image image\/1: ResourceDependencyException: is shared; removed: AMI ami-1.*component\/2/,
    );
  });

  it("never removes what carries another application's tag or none", async () => {
    imageBuilder.on(GetImageCommand).resolves({ image: { ...available, tags: { Application: "bank" } } });
    imageBuilder
      .on(ListImageRecipesCommand)
      .resolves({ imageRecipeSummaryList: [{ name: "shop-release", arn: "recipe" }] });
    imageBuilder
      .on(ListComponentBuildVersionsCommand)
      .resolves({ componentSummaryList: [{ arn: "component/1", tags: { Application: "bank" } }] });
    ec2.reset();
    ec2.on(DescribeImagesCommand).resolves({ Images: [{ ...ami, Tags: [] }] });
    await expect(handler(destroy, context)).rejects.toThrow(/could not remove 5 of/);
    expect(order).toEqual([]);
  });
});
