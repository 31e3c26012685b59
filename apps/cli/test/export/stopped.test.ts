import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DUOLOG, type TestHome } from "../duolog.ts";
import { homeWith } from "./record.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const SESSIONS = 30;
let home: TestHome;
let scratch: string;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), "duolog-stopped-"));
  home = await homeWith(
    ...Array.from({ length: SESSIONS }, (_, n) => ({
      id: `ses_${n}`,
      calls: Array.from({ length: 4 }, (_, i) => ({
        id: `c${i}`,
        name: "bash",
        output: `${n} ${i} some words of an output\n`.repeat(20_000),
      })),
    })),
  );
});

afterAll(async () => {
  await home[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true });
});

/** Starts an export into a directory of its own and sends it a signal once some files are there. */
async function stopped(signal: "SIGINT" | "SIGTERM" | "SIGKILL") {
  const out = join(scratch, signal);
  const child = home.spawn(["export", "--all", "--out", out, "--json"]);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const files = () => {
    try {
      return readdirSync(out);
    } catch {
      return [];
    }
  };
  while (files().filter((name) => name.endsWith(".json")).length < 3) {
    expect(child.exitCode).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const ended = once(child, "close");
  child.kill(signal);
  const [code] = await ended;
  return { code, stderr, out, names: files() };
}

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends an export with code %i, and no file is half", async (signal, expected) => {
  const { code, stderr, out, names } = await stopped(signal);
  expect(code).toBe(expected);
  expect(stderr).toBe("duolog: stopped before all was exported; what is written is whole\n");
  expect(names.length).toBeLessThan(SESSIONS);
  for (const name of names) {
    expect(name).toMatch(/^ses_\d+\.json$/);
    expect(JSON.parse(readFileSync(join(out, name), "utf8")).toolCalls).toHaveLength(4);
  }
});

test("a killed one leaves no half file under a session's name", async () => {
  const { out, names } = await stopped("SIGKILL");
  const whole = names.filter((name) => name.endsWith(".json"));
  for (const name of whole) {
    expect(JSON.parse(readFileSync(join(out, name), "utf8")).toolCalls).toHaveLength(4);
  }
  const others = names.filter((name) => !name.endsWith(".json"));
  expect(others.length).toBeLessThan(2);
  for (const name of others) expect(name).toMatch(/\.partial$/);
});

test("a reader that goes first ends it", () => {
  const command = `"${process.execPath}" "${DUOLOG}" export --all --format ndjson | head -c 30`;
  const { stdout, stderr } = spawnSync("sh", ["-c", command], { env: home.env, encoding: "utf8" });
  expect({ stdout, stderr }).toEqual({ stdout: '{"format":"duolog-session","ve', stderr: "" });
});
