import { createHash } from "node:crypto";
import type { BigIntStats } from "node:fs";

/** Differs whenever one of the files may have changed. */
export function fingerprintOf(files: readonly BigIntStats[]): string {
  const told = files
    .map(({ ino, size, mtimeNs, ctimeNs }) => `${ino}:${size}:${mtimeNs}:${ctimeNs}`)
    .join(" ");
  return files.length === 1 ? told : createHash("sha256").update(told).digest("base64url");
}

/** When the last of the files was written, epoch ms. */
export function lastWritten(files: readonly BigIntStats[]): number {
  return Math.max(0, ...files.map(({ mtimeMs }) => Number(mtimeMs)));
}
