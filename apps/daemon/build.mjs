// Bundles the daemon and its commands into dist/: duolog.js, chunks that it loads when needed, and
// the migrations. All but `libsql`, which is native code, is inside.
import { cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

// The chunks lie beside duolog.js, for the code in them finds files from its own place.
mkdirSync(at("dist"), { recursive: true });
for (const name of readdirSync(at("dist"))) {
  if (/^chunk-.*\.js$/.test(name)) rmSync(at(`dist/${name}`));
}
await build({
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

rmSync(at("dist/migrations"), { recursive: true, force: true });
cpSync(at("../../prisma/migrations"), at("dist/migrations"), { recursive: true });
