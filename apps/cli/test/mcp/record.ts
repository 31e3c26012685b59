import { expect } from "vitest";
import type { TestHome } from "../duolog.ts";

/** Long ago: no session of it is recent. */
export const T = 1_769_760_000_000;

/** A session to be recorded: its messages and calls happen a second after each other. */
export interface Given {
  id: string;
  title?: string;
  project?: string;
  source?: "opencode" | "claude-code";
  parentId?: string;
  at?: number;
  endedAt?: number;
  said?: string[];
  calls?: {
    id?: string;
    name: string;
    input: object;
    output?: string;
    status?: string;
    message?: number;
    filePath?: string;
  }[];
}

/** Records sessions through the daemon, which is started; message `n` of session `s` is `s-mn`. */
export async function record(home: TestHome, ...sessions: Given[]): Promise<void> {
  await home.run(["start"]);
  const rpc = home.client("duolog-test");
  const stored = async (ack: Promise<{ status: string }>) =>
    expect(await ack).toMatchObject({ status: "stored" });
  for (const { id, title, project, source = "opencode", at = T, ...given } of sessions) {
    const { said = [], calls = [], parentId, endedAt } = given;
    const updatedAt = at + said.length * 1_000;
    const session = { id, title, source, projectPath: project, parentId, endedAt };
    await stored(rpc.upsertSession({ ...session, createdAt: at, updatedAt }));
    for (const [n, textContent] of said.entries()) {
      const role = n % 2 === 0 ? "user" : "assistant";
      const createdAt = at + n * 1_000;
      const row = { id: `${id}-m${n}`, sessionId: id, role, textContent, source };
      await stored(rpc.upsertMessage({ ...row, createdAt, updatedAt: createdAt }));
    }
    for (const [n, call] of calls.entries()) {
      const { id: callId = `${id}-c${n}`, name, input, output, message = 1, filePath } = call;
      const createdAt = at + message * 1_000 + n + 1;
      const row = {
        id: callId,
        sessionId: id,
        messageId: `${id}-m${message}`,
        name,
        source,
        filePath,
      };
      const kind = filePath ? "edit" : undefined;
      const texts = {
        kind,
        input: JSON.stringify(input),
        output,
        status: call.status ?? "success",
      };
      await stored(rpc.upsertToolCall({ ...row, ...texts, createdAt, updatedAt: createdAt }));
    }
  }
  await rpc.close();
}
