import { describe, expect, test } from "vitest";
import { opencode } from "./run/agents.ts";
import { commonScenarios, programs, stage } from "./scenarios.ts";
import { expectRecord, spoken } from "./truth/expectRecord.ts";
import { type Rows, readRecord } from "./truth/record.ts";

commonScenarios(opencode);

describe.skipIf(programs === null)("OpenCode alone", () => {
  test("SIGKILL in the middle of an answer, then resumed", async () => {
    await using on = await stage(opencode);
    const run = on.seat.ask("#slow");
    await on.model.midAnswer("#slow");
    run.kill("SIGKILL");
    expect(await run.ended).toMatchObject({ signal: "SIGKILL", stdout: "" });
    // OpenCode keeps none of a text that was cut off; the record may hold its beginning.
    const truth = () => withPartialText(on.seat.truth(), readRecord(on.workspace.dataDir));
    await expectRecord(on.workspace.dataDir, truth);
    await on.ask("again", ...on.seat.resume(on.sessionId()));
    expect(spoken(on.seat.truth())).toEqual([
      "user: #slow",
      "assistant: -",
      "user: again",
      "assistant: Answer to: again",
    ]);
    await expectRecord(on.workspace.dataDir, truth);
  });
});

function withPartialText(truth: Rows, record: Rows): Rows {
  const partial = (id: string) =>
    record.messages.find((message) => message.id === id)?.text ?? null;
  const messages = truth.messages.map((message) => {
    if (message.role !== "assistant" || message.completedAt !== null) return message;
    const text = partial(message.id);
    expect(text ?? "word0").toMatch(/^word0\b/);
    return { ...message, text };
  });
  return { ...truth, messages };
}
