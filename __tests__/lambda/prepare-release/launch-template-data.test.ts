import { toRequest, withReleaseTags } from "../../../lambda/prepare-release/launch-template-data";

describe("a blueprint as a request", () => {
  it("keeps what a launch is made of", () => {
    const data = {
      InstanceType: "t4g.small" as const,
      IamInstanceProfile: { Arn: "arn:profile" },
      BlockDeviceMappings: [
        { DeviceName: "/dev/xvda", Ebs: { Encrypted: true, VolumeType: "gp3" as const } },
      ],
      SecurityGroupIds: ["sg-1"],
      UserData: "IyE=",
      Monitoring: { Enabled: true },
      CreditSpecification: { CpuCredits: "standard" },
    };
    expect(toRequest(data)).toEqual(data);
  });

  it("drops what only EC2 sets", () => {
    const request = toRequest({
      MetadataOptions: { State: "applied", HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [{ DeviceIndex: 0, Ipv6Addresses: [{ Ipv6Address: "::1", IsPrimaryIpv6: true }] }],
      Operator: { Managed: true },
    });
    expect(request).toEqual({
      MetadataOptions: { HttpTokens: "required", HttpPutResponseHopLimit: 1 },
      NetworkInterfaces: [{ DeviceIndex: 0, Ipv6Addresses: [{ Ipv6Address: "::1" }] }],
    });
  });

  it("keeps requirements on the instance instead of a type", () =>
    expect(
      toRequest({ InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1024, Max: 4096 } } }),
    ).toEqual({ InstanceRequirements: { VCpuCount: { Min: 2 }, MemoryMiB: { Min: 1024, Max: 4096 } } }));

  it("is refused when it asks for what EC2 no longer offers", () =>
    expect(() => toRequest({ ElasticGpuSpecifications: [{ Type: "eg1.medium" }] })).toThrow(
      "no longer offers",
    ));
});

describe("the tags of a release", () => {
  it("go to instances and volumes, beside what the blueprint tags", () => {
    const specifications = withReleaseTags(
      {
        TagSpecifications: [
          { ResourceType: "instance", Tags: [{ Key: "Team", Value: "a" }] },
          { ResourceType: "network-interface", Tags: [{ Key: "Team", Value: "b" }] },
        ],
      },
      (tags) => ({ ...tags, Version: "1.0.7" }),
    );
    expect(specifications).toEqual([
      { ResourceType: "network-interface", Tags: [{ Key: "Team", Value: "b" }] },
      {
        ResourceType: "instance",
        Tags: [
          { Key: "Team", Value: "a" },
          { Key: "Version", Value: "1.0.7" },
        ],
      },
      { ResourceType: "volume", Tags: [{ Key: "Version", Value: "1.0.7" }] },
    ]);
  });
});
