import { expect, test } from "vitest";
import { masking } from "../../src/export/reading/cleaning.ts";
import { Scanner } from "../../src/secrets/Scanner.ts";
import { row } from "../transcript/rows.ts";

/** A thread that never answers where a text says so. */
const SLOW = `import { parentPort } from "node:worker_threads";
  parentPort.on("message", (texts) => {
    while (texts.some((text) => text.startsWith("slow")));
    parentPort.postMessage(texts.map(() => []));
  });`;

test("what can't be scanned is left out, and counted; the texts beside it are not", async () => {
  const scanner = new Scanner(new URL(`data:text/javascript,${encodeURIComponent(SLOW)}`));
  const cleaning = masking(scanner, { textMs: 300, deadlineMs: 60_000 });
  const calls = [
    row("toolCall", { id: "1", name: "bash", input: "slow one", output: "fine" }),
    row("toolCall", { id: "2", name: "bash", input: "fine", output: "slow two" }),
  ];
  const [first, second] = await cleaning.rows("toolCall", calls);
  const leftOut = "[left out: could not be scanned for secrets in time]";
  expect(first).toMatchObject({ id: "1", name: "bash", input: leftOut, output: "fine" });
  expect(second).toMatchObject({ id: "2", name: "bash", input: "fine", output: leftOut });
  expect(cleaning.leftOut()).toBe(2);
  await scanner.close();
});
