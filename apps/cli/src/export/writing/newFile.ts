import { link, open, rm } from "node:fs/promises";
import { uniqueSuffix } from "@duolog/client/local";
import { chunksOf } from "./chunks.ts";

/**
 * Writes a new file, whole or not at all, for its user alone; false where one of that name is there
 * already, which stays as it is. Rejects as fs does, or as what is to be written.
 */
export async function writeNewFile(path: string, pieces: AsyncIterable<string>): Promise<boolean> {
  const partial = `${path}.${uniqueSuffix()}.partial`;
  try {
    await fill(partial, pieces);
    // Not renamed: what came to be there meanwhile stays.
    await link(partial, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
  }
}

async function fill(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of chunksOf(pieces)) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}
