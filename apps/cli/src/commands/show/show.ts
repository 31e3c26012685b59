import type { Message } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { readPages, readThroughDaemon } from "../daemon/read.ts";
import { Failure } from "../failure.ts";
import { type Output, show } from "../output/output.ts";
import { columns, count, oneLine, printable, when } from "../output/text.ts";
import type { Place } from "../place.ts";

interface Shown {
  session: SessionSummary;
  messages: Message[];
}

/** Shows a session and its messages. Throws Failure where there is none of that id. */
export async function showSession(
  place: Place,
  env: NodeJS.ProcessEnv,
  id: string,
  output: Output,
): Promise<void> {
  const shown = await readThroughDaemon(place, env, async (reader): Promise<Shown | null> => {
    const session = await reader.session.get({ id });
    if (!session) return null;
    const messages = await readPages(Number.POSITIVE_INFINITY, (limit, cursor) =>
      reader.message.list({ sessionId: id, limit, cursor }),
    );
    return { session, messages };
  });
  if (!shown) throw new Failure(`there is no session ${id}; \`duolog sessions\` lists them`);
  show(output, shown, shownText);
}

function shownText({ session, messages }: Shown): string {
  return `${sessionText(session)}\n${messages.map(messageText).join("\n")}`;
}

function sessionText(session: SessionSummary): string {
  const model = [session.provider, session.model].filter(Boolean).join("/");
  const rows = [
    ["Session", session.id],
    ["Source", session.source && session.source + (session.sourceInferred ? " (inferred)" : "")],
    ["Title", session.title],
    ["Project", session.projectPath],
    ["Branch", session.gitBranch],
    ["Model", model],
    ["Started", session.createdAt && when(session.createdAt)],
    ["Updated", session.updatedAt && when(session.updatedAt)],
    ["Ended", session.ended && when(session.endedAt)],
    ["Tokens", tokens(session)],
    ["Cost", session.cost !== null && `$${session.cost.toFixed(4)}`],
    ["Messages", String(session.messageCount)],
  ] as const;
  return columns(rows.flatMap(([name, value]) => (value ? [[name, oneLine(value, 120)]] : [])));
}

function messageText(message: Message): string {
  const { role, createdAt, model, agent, agentId, removedAt, error } = message;
  const facts = [
    role ?? "message",
    createdAt && when(createdAt),
    model,
    agentId && `sub-agent ${agent ?? agentId}`,
    tokens(message),
    error && "error",
    removedAt && "removed",
  ].filter(Boolean);
  const text = message.textContent ?? error ?? "";
  const body = printable(text).replace(/^/gm, "  ").trimEnd();
  return `── ${oneLine(facts.join(" · "), 160)}\n${body ? `${body}\n` : ""}`;
}

function tokens(row: { promptTokens: number | null; completionTokens: number | null }): string {
  const { promptTokens, completionTokens } = row;
  if (!promptTokens && !completionTokens) return "";
  return `${(promptTokens ?? 0).toLocaleString("en-US")} in, ${count(completionTokens ?? 0, "token")} out`;
}
