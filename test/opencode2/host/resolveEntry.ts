import { realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** packages/util/src/runtime/import.node.ts, in its order. */
const EXTENSIONS = [".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs"];

/** Resolves a path without its extension; throws where there is none. */
export type ResolveModule = (path: string, directory: string) => string;

/**
 * The entry of a plugin that is a directory: packages/plugin/src/host.ts, `resolve`. `package.json`
 * takes no part. Undefined where it has none: such a plugin is dropped without a word.
 */
export function resolveEntry(
  target: string,
  resolveModule: ResolveModule = defaultResolver(),
): string | undefined {
  const directory = realpathSync(target);
  for (const name of ["server", "index"]) {
    try {
      return resolveModule(resolve(directory, name), directory);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return undefined;
}

/** That of this runtime: packages/util/src/runtime/import.{bun,node}.ts. */
function defaultResolver(): ResolveModule {
  const { Bun } = globalThis as { Bun?: { resolveSync: ResolveModule } };
  if (Bun) return (path, directory) => pathToFileURL(Bun.resolveSync(path, directory)).href;
  return nodeResolver;
}

function nodeResolver(path: string): string {
  const found = EXTENSIONS.map((extension) => path + extension).find((file) =>
    statSync(file, { throwIfNoEntry: false })?.isFile(),
  );
  if (found === undefined) throw new Error(`Cannot find module ${path}`);
  return pathToFileURL(found).href;
}
