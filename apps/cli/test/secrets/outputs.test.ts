import { expect, test } from "vitest";
import { createScanner } from "../../src/secrets/scan.ts";
import { SAMPLES } from "./samples.ts";

/** Numbers that look like chance and are the same on every run. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const below = chance(7);
const hex = (length: number) =>
  Array.from({ length }, () => "0123456789abcdef"[below(16)]).join("");
const lines = (count: number, line: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => line(at)).join("\n");

/** What the tools of agents put out: logs of Git, environments, JSON, stack traces, matches of grep. */
const OUTPUTS = [
  () =>
    lines(40, () => `commit ${hex(40)}\nAuthor: A <a@example.com>\n\n    Fix ${hex(6)} in auth\n`),
  () =>
    `PATH=/usr/bin:/bin\nHOME=/home/a\nSSH_AUTH_SOCK=/run/a\n${lines(60, (at) => `VAR_${at}=${hex(12)}`)}`,
  () =>
    JSON.stringify(
      Array.from({ length: 80 }, (_, at) => ({ id: hex(24), name: `user ${at}`, etag: hex(32) })),
    ),
  () =>
    lines(
      50,
      () =>
        `    at ${hex(6)} (/home/a/node_modules/${hex(6)}/lib/token.js:${below(900)}:${below(80)})`,
    ),
  () =>
    lines(
      90,
      (at) =>
        `src/${hex(4)}.ts:${at}:  const ${hex(5)} = await get("${hex(8)}", { token: options.token });`,
    ),
];

test("of 1,000 outputs of tools, those with a secret are found, and none else", async () => {
  const scan = createScanner();
  const wrong: string[] = [];
  for (let at = 0; at < 1_000; at++) {
    const planted = at % 10 === 0 ? SAMPLES[(at / 10) % SAMPLES.length] : undefined;
    const output = OUTPUTS[at % OUTPUTS.length]!();
    const found = await scan(planted ? `${output}\n${planted.text}\n` : output);
    const kinds = found.map(({ kind }) => kind).join();
    if (kinds !== (planted?.kind ?? "")) wrong.push(`${planted?.kind ?? "none"}: ${kinds}`);
  }
  expect(wrong).toEqual([]);
});
