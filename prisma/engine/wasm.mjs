// Loads Prisma's official schema engine, which npm carries as WebAssembly.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";

/** Called by the engine when it panics; the call under way would never end. */
globalThis.PRISMA_WASM_PANIC_REGISTRY = {
  set_message(message) {
    process.stderr.write(`${JSON.stringify({ level: "ERROR", fields: { message } })}\n`);
    process.exit(1);
  },
};

const file = new URL("schema_engine_bg.wasm", import.meta.resolve("@prisma/schema-engine-wasm"));
const module = new WebAssembly.Module(readFileSync(fileURLToPath(file)));
const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": glue });
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

/** The engine's class; `version()` is the commit it was built from. */
export const { SchemaEngine, version } = glue;
