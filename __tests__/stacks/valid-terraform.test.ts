import { Testing } from "cdktf";
import "cdktf/lib/testing/adapters/jest";
import { FleetStack } from "../../stacks/fleet-stack";
import { PipelineStack } from "../../stacks/pipeline-stack";
import { StateStack } from "../../stacks/state-stack";
import {
  configuration,
  production,
  scheduledBaseImage,
  staging,
  stubBundles,
} from "../support/configuration";
import { terraformDirectory } from "../support/terraform-directory";

Testing.setupJest();

// the real provider checks every argument; it takes seconds to start, and minutes to be fetched for the first time
jest.setTimeout(300_000);

describe("Terraform accepts", () => {
  test("the state stack", () => {
    expect(terraformDirectory(new StateStack(Testing.app(), "state", configuration()))).toBeValidTerraform();
  });

  test("the stack of a fleet with a load balancer", () => {
    expect(
      terraformDirectory(new FleetStack(Testing.app(), configuration(), production)),
    ).toBeValidTerraform();
  });

  test("the stack of a fleet without one, in the default VPC", () => {
    const settings = configuration({ subnetIds: [] });
    expect(terraformDirectory(new FleetStack(Testing.app(), settings, staging))).toBeValidTerraform();
  });

  test.each([
    ["", configuration().image],
    [" with a base image on a schedule", scheduledBaseImage],
  ])("the pipeline stack%s", (_, image) => {
    expect(
      terraformDirectory(new PipelineStack(Testing.app(), configuration({ image }), stubBundles())),
    ).toBeValidTerraform();
  });
});
