// Bundles the forwarder into one file that needs nothing of the workspace: Claude Code may copy
// the plugin's directory into a cache.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const { version } = JSON.parse(readFileSync(`${here}package.json`, "utf8"));

await build({
  absWorkingDir: here,
  entryPoints: ["src/forwarder/main.ts"],
  outfile: "dist/forwarder.js",
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  define: { PLUGIN_VERSION: JSON.stringify(version) },
  // `ws` is CommonJS and requires node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module";const require = __createRequire(import.meta.url);',
  },
  external: ["bufferutil", "utf-8-validate"],
  logLevel: "warning",
});
