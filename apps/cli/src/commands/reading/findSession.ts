import type { RpcReader } from "@duolog/client";
import type { FindSession, SessionSummary } from "@duolog/contract/server";
import { Failure } from "../../failure.ts";
import { oneLine, when } from "../../output/text.ts";

/** The session that is meant. Throws Failure where none or several are; rejects with RpcError. */
export async function findSession(reader: RpcReader, query: FindSession): Promise<SessionSummary> {
  const { session, candidates } = await reader.session.find(query);
  if (session) return session;
  const ref = oneLine(query.ref, 80);
  if (candidates.length > 0) {
    const lines = candidates.map(({ id, updatedAt, title }) =>
      [`  ${oneLine(id, 80)}`, when(updatedAt), oneLine(title, 60)].join("  ").trimEnd(),
    );
    throw new Failure([`${ref} begins the ids of several sessions:`, ...lines].join("\n"));
  }
  const what = query.ref === "last" ? "such session" : `session ${ref}`;
  throw new Failure(`there is no ${what}; \`duolog sessions\` lists them`);
}
