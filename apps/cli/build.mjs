// Bundles the commands and the daemon into dist/: duolog.js, the processes and threads beside it, chunks that they
// load when needed, and the migrations. All but `libsql`, which is native code, is inside.
import { spawn } from "node:child_process";
import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { createInterface } from "node:readline";
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

/**
 * The scanner's rule for Google's key files loads node-forge (500 KB) for a file on the disk. There is
 * none here: only texts are scanned.
 */
const noForge = {
  name: "no-forge",
  setup({ onResolve, onLoad }) {
    const filter = /^\.\/index-\w+\.js$/;
    onResolve({ filter }, ({ path, importer, kind }) =>
      kind === "dynamic-import" && importer.includes("secretlint-rule-preset")
        ? { path, namespace: "no-forge" }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: "no-forge" }, () => ({ contents: "export default null;" }));
  },
};

/**
 * The MCP server's own validator of JSON schemas (270 KB, compiled at each start) is for answers of the
 * agent's user, who is asked for none. Tools check their inputs by zod.
 */
const noAjv = {
  name: "no-ajv",
  setup({ onResolve, onLoad }) {
    const filter = /^@modelcontextprotocol\/server\/_shims$/;
    onResolve({ filter }, ({ path }) => ({ path, namespace: "no-ajv" }));
    onLoad({ filter: /.*/, namespace: "no-ajv" }, () => ({
      contents: `
        export { default as process } from "node:process";
        export class DefaultJsonSchemaValidator {
          getValidator() { throw new Error("no user is asked: build.mjs leaves the validator out"); }
        }`,
    }));
  },
};

const { metafile } = await build({
  plugins: [noQueryCompiler, noForge, noAjv],
  metafile: true,
  entryPoints: {
    duolog: at("src/main.ts"),
    lookWorker: at("src/verify/lookWorker.ts"),
    mcp: at("src/mcp/front/main.ts"),
    statusline: at("src/usage/statusline/main.ts"),
    queryChild: at("src/query/queryChild.ts"),
    secretsWorker: at("src/secrets/secretsWorker.ts"),
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

/** What the MCP server answers first, of its own: mcp.js gives it again without loading that. */
function mcpKnown() {
  rmSync(at("dist/mcpKnown.json"), { force: true });
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "build", version: "1" },
  };
  const asked = [
    { jsonrpc: "2.0", id: 0, method: "initialize", params },
    { jsonrpc: "2.0", method: "notifications/initialized" },
    { jsonrpc: "2.0", id: 1, method: "tools/list" },
  ];
  return new Promise((resolve, reject) => {
    const server = spawn(process.execPath, [at("dist/mcp.js"), "mcp"], {
      env: { HOME: at("dist"), DUOLOG_DATA_DIR: at("dist/none") },
      stdio: ["pipe", "pipe", "inherit"],
    });
    const answers = [];
    createInterface({ input: server.stdout }).on("line", (line) => {
      answers.push(JSON.parse(line).result);
      if (answers.length === 2) server.stdin.end();
    });
    server.on("close", () => {
      const [initialize, tools] = answers;
      if (tools) resolve({ initialize, tools });
      else reject(new Error("the MCP server does not say what it has"));
    });
    server.stdin.write(asked.map((one) => `${JSON.stringify(one)}\n`).join(""));
  });
}

const known = await mcpKnown();
writeFileSync(at("dist/mcpKnown.json"), JSON.stringify(known));
// For Claude Code's script, which reads a line.
writeFileSync(at("dist/mcpInitialize.json"), `${JSON.stringify(known.initialize)}\n`);
writeFileSync(at("dist/mcpTools.json"), `${JSON.stringify(known.tools)}\n`);
