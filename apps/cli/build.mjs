// Bundles the commands and the daemon into dist/: duolog.js, lookWorker.js, queryChild.js, substringChild.js, storageWorker.js, chunks that they load
// when needed, and the migrations. All but `libsql`, which is native code, is inside.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Prisma compiles its model queries with a WASM module of 1.6 MB, which it instantiates at the
 * first statement of any kind. Here all statements are raw and none is compiled, so the bundle has
 * an empty module in its place: 40 MB less memory, and a faster start.
 */
const noQueryCompiler = {
  name: "no-query-compiler",
  setup({ onResolve, onLoad }) {
    const filter = /query_compiler_small_bg\.sqlite(\.wasm-base64)?\.mjs$/;
    onResolve({ filter }, ({ path }) => ({ path, namespace: "no-query-compiler" }));
    onLoad({ filter: /base64/, namespace: "no-query-compiler" }, () => ({
      contents: `export const wasm = ${JSON.stringify(EMPTY_MODULE.toString("base64"))};`,
    }));
    onLoad({ filter: /sqlite\.mjs$/, namespace: "no-query-compiler" }, () => ({
      contents: `
        export function __wbg_set_wasm() {}
        export class QueryCompiler {
          compile() { throw new Error("only raw statements: build.mjs leaves the query compiler out"); }
          compileBatch() { return this.compile(); }
          free() {}
        }`,
    }));
  },
};

/** (module (func (export "__wbindgen_start"))) */
const EMPTY_MODULE = Buffer.concat([
  Buffer.from("0061736d01000000010401600000030201000714" + "0110", "hex"),
  Buffer.from("__wbindgen_start"),
  Buffer.from("00000a040102000b", "hex"),
]);

const { metafile } = await build({
  plugins: [noQueryCompiler],
  metafile: true,
  entryPoints: {
    duolog: at("src/main.ts"),
    lookWorker: at("src/verify/lookWorker.ts"),
    queryChild: at("src/query/queryChild.ts"),
    substringChild: at("src/commands/search/substringChild.ts"),
    storageWorker: at("../daemon/dist/storage/worker/worker.js"),
  },
  outdir: at("dist"),
  // Beside duolog.js, for the code in them finds files from its own place.
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
