import { randomBytes } from "node:crypto";
import { linkSync, unlinkSync } from "node:fs";
import { writeNew } from "../files/atomicWrite.ts";
import { errno } from "../files/errno.ts";
import { readIfThere, readOwn } from "../files/readIfThere.ts";
import { uniqueSuffix } from "../files/uniqueSuffix.ts";
import type { DataPaths } from "./paths.ts";

const TOKEN = /^[0-9a-f]{64}$/;

/** The token, made (32 random bytes, hex, 0600) where there is none. Throws for a symlink or a corrupt one. */
export function ensureToken(paths: DataPaths): string {
  const found = readIfThere(paths.token);
  if (found !== null) return checked(paths, found);
  const made = `${paths.token}.${uniqueSuffix()}.tmp`;
  writeNew(made, `${randomBytes(32).toString("hex")}\n`);
  try {
    linkSync(made, paths.token); // Whole or not at all, and never over another's.
  } catch (error) {
    if (errno(error) !== "EEXIST") throw error;
  } finally {
    unlinkSync(made);
  }
  return checked(paths, readIfThere(paths.token) ?? "");
}

function checked(paths: DataPaths, text: string): string {
  const token = text.trim();
  if (!TOKEN.test(token)) {
    throw new Error(`${paths.token} holds no token: delete it, a new one is made`);
  }
  return token;
}

/** The token; null where there is none that can be used. */
export function readToken(paths: DataPaths): string | null {
  const token = readOwn(paths.token)?.trim() ?? "";
  return TOKEN.test(token) ? token : null;
}
