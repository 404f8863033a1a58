import type { MatrixRow } from "./matrix";

/** What fails a rehearsal, one sentence each. */
export function findingsOf(matrix: readonly MatrixRow[]): string[] {
  return matrix.flatMap((row) => {
    const sentence = sentenceOf(row);
    return sentence === undefined ? [] : [sentence];
  });
}

function sentenceOf({ role, action, resources, state, count, drill }: MatrixRow): string | undefined {
  const what = `${action} on ${resources.join(", ")}`;
  switch (state) {
    case "denied":
      return `${role} was denied ${what} (${count} times): grant it, or don't ask for it`;
    case "unused":
      return `${role} never used ${what}: remove the grant, or say beside it which drill uses it in usedByDrill, or why it stays in unusedInRehearsal`;
    case "unused by its drill":
      return `${role} did not use ${what} in the drill ${drill}, which it is for by its usedByDrill: remove the grant, or correct the drill's name`;
    case "used against its reason":
      return `${role} used ${what} (${count} times), which has a reason in unusedInRehearsal: remove the reason`;
    case "allowed without a grant":
      return `${role} was allowed ${what} (${count} times), which no policy of ours grants`;
    default:
      return undefined;
  }
}
