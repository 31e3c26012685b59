#!/usr/bin/env node
// Old enough JavaScript to tell an old Node what is missing.
import { existsSync } from "node:fs";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
// An agent waits for these, at each start and again and again: they have bundles of their own.
const isOwn = ["mcp", "statusline"].includes(process.argv[2]) && !process.argv.includes("--help");
const bundle = new URL(`../dist/${isOwn ? process.argv[2] : "duolog"}.js`, import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  fail(`duolog needs Node 20.19 or newer; this is ${process.versions.node} (${process.execPath})`);
} else if (!existsSync(bundle)) {
  fail("duolog is not built yet: run `npm install && npm run build` in its folder");
} else {
  await import(bundle.href);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
