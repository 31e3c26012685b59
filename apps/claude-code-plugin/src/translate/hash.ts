import { createHash } from "node:crypto";

/** 16 hex digits that stand for what is told: an id where no line has one. */
export function hashOf(told: unknown): string {
  return createHash("sha256").update(JSON.stringify(told)).digest("hex").slice(0, 16);
}
