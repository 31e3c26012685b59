// Bundles the daemon and its commands into dist/: duolog.js, chunks that it loads when needed, and
// the migrations. All but `libsql`, which is native code, is inside.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// The chunks lie beside duolog.js, for the code in them finds files from its own place.
const { metafile } = await build({
  metafile: true,
  entryPoints: { duolog: at("src/main.ts") },
  outdir: at("dist"),
  chunkNames: "chunk-[name]-[hash]",
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["libsql"],
  // Of libSQL's clients, only the one for files is used.
  alias: { "@libsql/client": "@libsql/client/sqlite3" },
  // Some dependencies are CommonJS and `require` Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});

// Last, so that at every moment duolog.js finds its chunks.
const built = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of readdirSync(at("dist"))) {
  if (/^chunk-.*\.js$/.test(name) && !built.has(name)) rmSync(at(`dist/${name}`));
}

rmSync(at("dist/migrations"), { recursive: true, force: true });
cpSync(at("../../prisma/migrations"), at("dist/migrations"), { recursive: true });
