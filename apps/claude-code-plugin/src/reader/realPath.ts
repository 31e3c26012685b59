import { realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isNotThere } from "@duolog/client/local";

/** The path with every symlink resolved, as far as it exists. Throws like fs. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (!isNotThere(error)) throw error;
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}
