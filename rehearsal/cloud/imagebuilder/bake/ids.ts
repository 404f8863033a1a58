import { randomBytes } from "node:crypto";

export const instanceIdentifier = (): string => `i-${hex(17)}`;

const hex = (length: number): string => randomBytes(length).toString("hex").slice(0, length);
