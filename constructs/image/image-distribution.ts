import { ImagebuilderDistributionConfiguration } from "@cdktf/provider-aws/lib/imagebuilder-distribution-configuration";
import { Construct } from "constructs";
import { acceptFindings } from "../shared/accepted-finding";

export interface ImageDistributionProps {
  readonly name: string;
  readonly region: string;
  /** First part of the AMIs' names, which end with the moment of the bake: no two AMIs of an account are named alike. */
  readonly amiNamePrefix: string;
  readonly amiDescription: string;
  readonly amiTags: Readonly<Record<string, string>>;
}

/** Where images go, and what their AMIs are called. */
export class ImageDistribution extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ImageDistributionProps) {
    super(scope, id);
    const configuration = new ImagebuilderDistributionConfiguration(this, "Resource", {
      name: props.name,
      description: "Where images go, and what they are called",
      distribution: [
        {
          region: props.region,
          amiDistributionConfiguration: {
            name: `${props.amiNamePrefix}-{{ imagebuilder:buildDate }}`,
            description: props.amiDescription,
            amiTags: { ...props.amiTags },
          },
        },
      ],
    });
    acceptFindings(configuration, {
      CKV_AWS_199:
        "encrypted with the account's key for volumes; a key of ours would have to be granted to Auto Scaling in every account",
    });
    this.arn = configuration.arn;
  }
}
