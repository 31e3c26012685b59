import { randomBytes } from "node:crypto";

/** A file-name part that no other process makes. */
export function uniqueSuffix(): string {
  return `${process.pid}-${randomBytes(6).toString("hex")}`;
}
