// Opens Prisma Studio on the live database: npm run studio [-- --port 5555]
// Studio listens on 127.0.0.1 and prints its address.
import { execFileSync, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { assertExists, databasePath } from "./engine/adapter.mjs";
import { databaseUrl } from "./engine/databaseUrl.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const prisma = join(
  dirname(createRequire(import.meta.url).resolve("prisma/package.json")),
  "build/index.js",
);

/** Studio needs node:sqlite, which came with Node 22.13. */
async function nodeWithSqlite() {
  try {
    await import("node:sqlite");
    return process.execPath;
  } catch {
    return newerNode();
  }
}

/** A newer Node from npm's cache, fetched the first time; nothing is added to the installed tree. */
function newerNode() {
  const platform = `${process.platform}-${process.arch}`;
  const name = platform === "darwin-arm64" ? `node-bin-${platform}` : `node-${platform}`;
  console.log(`Node ${process.version} has no node:sqlite; Studio runs on ${name}@22 from npm.`);
  const options = ["exec", "--yes", "--prefer-offline", `--package=${name}@22`, "--loglevel=error"];
  const command = ["--", "node", "--print", "process.execPath"];
  return execFileSync("npm", [...options, ...command], { encoding: "utf8" }).trim();
}

async function main() {
  const path = databasePath(databaseUrl());
  assertExists(path);
  const args = ["studio", "--browser", "none", "--url", `file://${path}`, ...process.argv.slice(2)];
  const studio = spawn(await nodeWithSqlite(), [prisma, ...args], {
    cwd: root,
    stdio: "inherit",
    // Without the first Studio tells Prisma's servers that it was opened, and without the second it
    // notes that in the user's home.
    env: {
      ...process.env,
      CHECKPOINT_DISABLE: "1",
      XDG_CONFIG_HOME: join(root, "node_modules/.cache"),
    },
  });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => studio.kill(signal));
  studio.on("exit", (code) => process.exit(code ?? 0));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
