import { Source } from "@duolog/contract";
import type { SessionSummary } from "@duolog/contract/server";
import { oneLine } from "../../output/text.ts";

/** An agent's own command that goes on with a session, and the directory in which it finds it. */
export interface ResumeCommand {
  directory: string;
  /** The program, then what it is given. */
  argv: readonly [string, ...string[]];
}

/** How each agent's ids look: no option of a command does. */
const IDS: Readonly<Record<Source, RegExp>> = {
  [Source.claude_code]: /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i,
  [Source.opencode]: /^ses_[\dA-Za-z]+$/,
};

type Resumable = Pick<
  SessionSummary,
  "id" | "source" | "parentId" | "projectPath" | "agentVersion"
>;

/**
 * The command that goes on with the session, or why there is none, as words behind the session's id.
 * @param has whether a program of this name can be started
 */
export function resumeCommand(
  session: Resumable,
  has: (program: string) => boolean,
): ResumeCommand | string {
  const { id, source, parentId, projectPath: directory } = session;
  if (source === null) return "has no source: which agent it is of is not known";
  if (!IDS[source].test(id)) return `has no id as those of ${source} look`;
  // OpenCode shows it, and takes no prompt there.
  if (parentId)
    return `is a sub-agent's: what goes on is ${oneLine(parentId, 80)}, which started it`;
  if (!directory) return "tells no directory in which it could go on";
  if (source === Source.claude_code) return { directory, argv: ["claude", "--resume", id] };
  return { directory, argv: [opencodeFor(session, has), "--session", id] };
}

/** The second version may be installed beside the first one, under a name of its own. */
function opencodeFor({ agentVersion }: Resumable, has: (program: string) => boolean): string {
  const isSecond = Number.parseInt(agentVersion ?? "", 10) >= 2;
  return isSecond && has("opencode2") ? "opencode2" : "opencode";
}

/** The line that does it in a shell. */
export function shellLine({ directory, argv }: ResumeCommand): string {
  return `cd ${shellWord(directory)} && ${argv.map(shellWord).join(" ")}`;
}

/** As one word of `sh`, whatever is in it. */
export function shellWord(text: string): string {
  return /^[\w/.:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
