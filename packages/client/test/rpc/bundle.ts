import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const entry = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
const banner =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/** What a bundle holds: bytes of each source in it. */
interface Bundle {
  file: string;
  inputs: Record<string, { bytesInOutput: number }>;
  bytes: number;
}

/** Bundles to one file, as plugins are bundled. */
export async function bundle(
  directory: string,
  name: string,
  what: Pick<BuildOptions, "stdin" | "entryPoints">,
): Promise<Bundle> {
  const file = join(directory, `${name}.mjs`);
  const { metafile } = await build({
    ...what,
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    // Comments and blanks are no code to be loaded.
    minifyWhitespace: true,
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return { file, inputs: output?.inputs ?? {}, bytes: output?.bytes ?? 0 };
}

/** Bundles a script in which `createRpcClient` is at hand. */
export function bundleScript(directory: string, name: string, script: string): Promise<Bundle> {
  const contents = `import { createRpcClient } from ${JSON.stringify(entry)};\n${script}`;
  return bundle(directory, name, { stdin: { contents, resolveDir: directory } });
}
