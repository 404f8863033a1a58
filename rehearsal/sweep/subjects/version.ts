import { GetParameterHistoryCommand, PutParameterCommand } from "@aws-sdk/client-ssm";
import { versionFunction } from "../../../contract/functions";
import type { Lab } from "../lab";
import type { Subject } from "../subject";

const parameter = "/sweep/ImageVersion";

export function version(lab: Lab): Subject {
  const { name, parameters } = versionFunction;
  return {
    name,
    bundle: name,
    async deploy() {
      await lab.ssm.send(new PutParameterCommand({ Name: parameter, Value: "none", Type: "String" }));
      await lab.function(name, {
        bundle: name,
        environment: { VERSION_PARAMETER: parameter, VERSION_LINE: "1.0" },
        actions: ["ssm:GetParameterHistory", "ssm:PutParameter"],
      });
      await lab.pipeline(name, parameters);
    },
    begin: async () => ({
      // a lost answer burns a number: versions are unique, not gapless; what counts is the one that is told
      async found({ executionId, outputs }) {
        const held = await numbersOf(lab, executionId);
        if (outputs.Version === `1.0.${Math.min(...held)}`)
          return { things: ["the execution's first number"] };
        return { things: [`of ${held.join(", ")} the version ${outputs.Version}`] };
      },
    }),
  };
}

async function numbersOf(lab: Lab, executionId: string): Promise<number[]> {
  const numbers: number[] = [];
  let NextToken: string | undefined;
  do {
    const page = await lab.ssm.send(
      new GetParameterHistoryCommand({ Name: parameter, MaxResults: 50, NextToken }),
    );
    for (const { Value, Version } of page.Parameters ?? []) if (Value === executionId) numbers.push(Version!);
    NextToken = page.NextToken;
  } while (NextToken);
  return numbers;
}
