import type { Fields } from "../document-fields";
import type { StepHost } from "../workflows/run-workflow";
import type { StepExecution } from "../workflows/workflow-executions";
import type { BakeContext } from "./bake-context";
import { BakeFailure } from "./bake-failure";
import { Distribution } from "./distribution";
import { BakeInstances } from "./bake-instances";
import { waitForAction } from "./wait-for-action";

type Act = (step: StepExecution, inputs: Fields, signal: AbortSignal) => Promise<Fields>;

/** Carries out the step actions of one bake. */
export class BakeHost implements StepHost {
  readonly instances: BakeInstances;
  readonly distribution: Distribution;
  private readonly actions: Readonly<Record<string, Act>>;

  constructor(private readonly bake: BakeContext) {
    const instances = new BakeInstances(bake);
    const distribution = new Distribution(bake);
    this.instances = instances;
    this.distribution = distribution;
    this.actions = {
      LaunchInstance: (step, inputs) => instances.launch(inputs, this.imageOf(step)),
      WaitForSSMAgent: (_step, inputs) => instances.waitForAgent(inputs),
      ExecuteComponents: (...call) => instances.executeComponents(...call),
      RunCommand: (_step, inputs, signal) => instances.runCommand(inputs, signal),
      SanitizeInstance: (_step, inputs) => instances.sanitize(inputs),
      CollectImageMetadata: (_step, inputs) => instances.collectMetadata(inputs),
      TerminateInstance: (_step, inputs) => instances.terminate(inputs),
      CreateImage: (_step, inputs) => distribution.createImage(instances.get(inputs)),
      DistributeImage: (_step, inputs) => distribution.distribute(inputs),
      ModifyImageAttributes: (_step, inputs) => distribution.modifyAttributes(inputs),
      ApplyImageConfigurations: (_step, inputs) => distribution.applyConfigurations(inputs),
      WaitForAction: (step, _inputs, signal) => waitForAction(bake, step, signal),
    };
  }

  async act(step: StepExecution, inputs: Fields, signal: AbortSignal): Promise<Fields> {
    const act = this.actions[step.step.action];
    if (!act) throw new BakeFailure(`Action ${step.step.action} can't be carried out in the local cloud`);
    return act(step, inputs, signal);
  }

  /** Of what the steps do, only a launch can be taken back, and only where the infrastructure asks for it. */
  async rollBack({ step, outputs }: StepExecution): Promise<boolean> {
    if (step.action !== "LaunchInstance" || outputs === undefined) return false;
    if (this.bake.image.infrastructureConfiguration?.terminateInstanceOnFailure === false) return false;
    return this.instances.terminateIfThere((JSON.parse(outputs) as { instanceId: string }).instanceId);
  }

  private imageOf({ execution }: StepExecution): string {
    const { parent } = this.bake;
    return execution.type === "BUILD" ? parent.imageId : (this.distribution.outputImage ?? parent.imageId);
  }
}
