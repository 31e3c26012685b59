import type { MessageUpsert, SessionEventUpsert, ToolCallUpsert } from "@duolog/contract";
import { TestHome } from "../duolog.ts";
import { T } from "../transcript/rows.ts";

type Of<Upsert> = Omit<Upsert, "sessionId">;

/** What one session is told with, each row a second after the one before. */
export interface Session {
  id: string;
  title?: string;
  projectPath?: string;
  parentId?: string;
  messages?: Of<MessageUpsert>[];
  calls?: Of<ToolCallUpsert>[];
  events?: Of<SessionEventUpsert>[];
}

/** A home whose daemon has recorded these sessions, the last one written last. */
export async function homeWith(...sessions: Session[]): Promise<TestHome> {
  const home = new TestHome();
  await home.run(["start"]);
  const rpc = home.client("duolog-test");
  let at = T;
  const times = () => ({ createdAt: at, updatedAt: at++ });
  for (const { messages = [], calls = [], events = [], ...session } of sessions) {
    const { id: sessionId } = session;
    const told = [
      await rpc.upsertSession({ source: "opencode", ...times(), ...session }),
      ...(await all(messages, (row) => rpc.upsertMessage({ ...times(), ...row, sessionId }))),
      ...(await all(calls, (row) => rpc.upsertToolCall({ ...times(), ...row, sessionId }))),
      ...(await all(events, (row) => rpc.upsertEvent({ ...times(), ...row, sessionId }))),
    ];
    const lost = told.find(({ status }) => status !== "stored");
    if (lost) throw new Error(JSON.stringify(lost));
  }
  await rpc.close();
  return home;
}

async function all<T, R>(rows: T[], send: (row: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const row of rows) results.push(await send(row));
  return results;
}
