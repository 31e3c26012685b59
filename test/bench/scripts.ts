import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Where what is bundled finds the native modules that it leaves out. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/duolog-bench", import.meta.url));

/** Bundles a script of ./scripts with all that it imports, as a plugin is; returns the file. */
export async function bundleScript(name: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`scripts/${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql"],
    banner: {
      js: 'import { createRequire as $r } from "node:module"; const require = $r(import.meta.url);',
    },
    logLevel: "warning",
  });
  return outfile;
}
