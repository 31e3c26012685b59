import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Metafile } from "esbuild";

const entry = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
const banner =
  "import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(import.meta.url);";

/** Bundles a script in which `createRpcClient` is at hand, as plugins are bundled. */
export async function bundleScript(
  directory: string,
  name: string,
  script: string,
): Promise<{ file: string; inputs: Metafile["inputs"]; bytes: number }> {
  const file = join(directory, `${name}.mjs`);
  const { metafile } = await build({
    stdin: {
      contents: `import { createRpcClient } from ${JSON.stringify(entry)};\n${script}`,
      resolveDir: directory,
    },
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: banner },
    metafile: true,
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return { file, inputs: output?.inputs ?? {}, bytes: output?.bytes ?? 0 };
}
