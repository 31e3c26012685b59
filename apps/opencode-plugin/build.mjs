// Bundles the plugin into the single files that OpenCode loads, one per version; nothing around them is needed.
// `ws` stays outside: Node resolves it from node_modules, and Bun has its own (a bundled one fails there).
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const source = (name) => fileURLToPath(new URL(`src/${name}`, import.meta.url));

await build({
  entryPoints: { plugin: source("entry.ts"), plugin2: source("entry2.ts") },
  outdir: fileURLToPath(new URL("dist", import.meta.url)),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["ws"],
  legalComments: "none",
  logLevel: "warning",
});
