#!/usr/bin/env node
// Stands in for Prisma's schema engine, a native program that Prisma downloads from its own site:
// the same engine as WebAssembly from npm, behind the same command line. Prisma's CLI starts it
// because prisma.config.ts names it in PRISMA_SCHEMA_ENGINE_BINARY.
//
//   schema-engine.mjs --version
//   schema-engine.mjs --datasource '{"url":…}' cli can-connect-to-database|create-database
//   schema-engine.mjs --datasource '{"url":…}' [--datamodels FILE]…   JSON-RPC, a message per line
//
// Source of the protocol: the CLI of prisma 7.10.0 (build/cli.js).
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { assertExists, connect, createDatabase, databasePath } from "./adapter.mjs";

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    version: { type: "boolean" },
    datasource: { type: "string" },
    datamodels: { type: "string", multiple: true },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
  },
});
const url = JSON.parse(values.datasource ?? "{}").url;

const CLI_COMMANDS = {
  "create-database": async () => createDatabase(databasePath(url)),
  "can-connect-to-database": async () => {
    const path = databasePath(url);
    assertExists(path);
    const database = await connect(path);
    await database.queryRaw({ sql: "PRAGMA schema_version", args: [], argTypes: [] });
    await database.dispose();
  },
};

function log(level, fields) {
  const target = "schema_engine::logger";
  process.stderr.write(`${JSON.stringify({ level, target, fields })}\n`);
}

async function runCliCommand(name) {
  log("INFO", { message: "the CLI does not read the first line" });
  try {
    await CLI_COMMANDS[name]();
    return 0;
  } catch (error) {
    log("ERROR", { message: error.message, error_code: error.code });
    return 1;
  }
}

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const print = (content) => send({ id: "print", method: "print", params: { content } });

async function answer(methods, { id, method, params }) {
  try {
    if (!Object.hasOwn(methods, method)) throw new Error(`${method} is not supported.`);
    send({ id, result: await methods[method](params) });
  } catch (error) {
    const data = { is_panic: false, message: error.message, error_code: error.code };
    send({ id, error: { code: 4466, message: "see data", data } });
  }
}

/** Answers requests one after the other until the CLI closes our input. */
async function serve() {
  // The engine takes a while to load, and the cli commands above do without.
  const { createMethods } = await import("./methods.mjs");
  const methods = createMethods({ url, datamodels: values.datamodels, print });
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    if (message.method) await answer(methods, message);
  }
}

async function main() {
  if (values.version) {
    const { version } = await import("./wasm.mjs");
    console.log(`schema-engine-wasm ${version()}`);
  } else if (positionals[0] === "cli") {
    return runCliCommand(positionals[1]);
  } else {
    await serve();
  }
  return 0;
}

// The CLI sends SIGTERM as soon as it has closed our input. The engine leaves a timer of a minute.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
process.exit(await main());
