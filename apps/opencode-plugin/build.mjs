// Bundles the plugin into the single file that OpenCode loads; nothing around it is needed.
// `ws` stays outside: Node resolves it from node_modules, and Bun has its own (a bundled one fails there).
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

await build({
  entryPoints: [fileURLToPath(new URL("src/entry.ts", import.meta.url))],
  outfile: fileURLToPath(new URL("dist/plugin.js", import.meta.url)),
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["ws"],
  legalComments: "none",
  logLevel: "warning",
});
