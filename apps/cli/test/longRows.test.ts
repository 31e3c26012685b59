import { MAX_TEXT } from "@duolog/contract";
import { expect, test, vi } from "vitest";
import { TestHome } from "./duolog.ts";

vi.setConfig({ testTimeout: 120_000 });

const T = 1_769_760_000_000;
const LONG = "x".repeat(9_000_000);

test("sessions with titles, and messages with errors, as long as may be are read like any", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  for (let n = 0; n < 6; n++) {
    const at = T + n;
    const done = [
      await rpc.upsertSession({ id: `s${n}`, title: LONG, error: LONG, updatedAt: at }),
      await rpc.upsertMessage({ id: `m${n}`, sessionId: "s0", error: LONG, createdAt: at }),
    ];
    expect(done.map(({ status }) => status)).toEqual(["stored", "stored"]);
  }
  await rpc.close();

  const listed = await home.run(["sessions", "-n", "5"]);
  expect({ ...listed, stdout: listed.stdout.match(/s\d$/gm) }).toEqual({
    code: 0,
    stdout: ["s5", "s4", "s3", "s2", "s1"],
    stderr: "",
  });
  const shown = await home.run(["show", "s0"]);
  expect(shown.code).toBe(0);
  const texts = shown.stdout.split("\n").filter((line) => line === `  ${LONG}`);
  expect(texts).toHaveLength(6);
});

test("a row of two texts, each of which fills a frame, is read and hides no other", async () => {
  await using home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client();
  // 30 MB as UTF-8.
  const wide = "字".repeat(MAX_TEXT);
  const done = [
    await rpc.upsertSession({ id: "wide", title: wide, updatedAt: T + 1 }),
    await rpc.upsertSession({ id: "wide", error: wide, updatedAt: T + 1 }),
    await rpc.upsertMessage({ id: "m", sessionId: "other", textContent: wide, updatedAt: T }),
    await rpc.upsertMessage({ id: "m", sessionId: "other", error: wide, updatedAt: T }),
  ];
  expect(done.map(({ status }) => status)).toEqual(["stored", "stored", "stored", "stored"]);
  await rpc.close();

  const listed = await home.json(["sessions"]);
  expect(listed.map(({ id }: { id: string }) => id)).toEqual(["wide", "other"]);
  expect([listed[0].title === wide, listed[0].error === wide]).toEqual([true, true]);
  const { messages } = await home.json(["show", "other"]);
  expect([messages[0].textContent === wide, messages[0].error === wide]).toEqual([true, true]);
});
