import { page } from "../api/page";

interface ListInput {
  readonly filters?:
    | readonly { readonly name?: string | undefined; readonly values?: readonly string[] | undefined }[]
    | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** One page of what a list operation's filters leave: each filter names a member and the values it may have. */
export function listed<T extends object>(
  items: readonly T[],
  input: ListInput,
): { items: T[]; next: string | undefined } {
  const kept = items.filter((item) =>
    (input.filters ?? []).every(({ name = "", values = [] }) =>
      values.includes(String((item as Readonly<Record<string, unknown>>)[name])),
    ),
  );
  return page(kept, input.nextToken, input.maxResults ?? 25, "InvalidPaginationTokenException");
}

/** Resources of other owners do not exist here. */
export const ownedBySelf = (owner: string | undefined): boolean => owner === undefined || owner === "Self";
