import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { isNotThere } from "@duolog/client/local";
import { asId, asObject, asText } from "../translate/json.ts";
import { withOwnFile } from "./realFile.ts";
import { realPath } from "./realPath.ts";

/** A session's own transcript. */
export interface SessionFile {
  readonly sessionId: string;
  readonly path: string;
}

/** A sub-agent's transcript. */
export interface AgentFile {
  readonly agentId: string;
  /** From its `.meta.json`; null where that is missing or says none. */
  readonly agentType: string | null;
  /** From there too: the call that started it, perhaps another sub-agent's. */
  readonly toolUseId: string | null;
  readonly path: string;
}

/** What a session's id must look like to be part of a path. */
const SESSION_ID = /^[\w-]{1,128}$/;
const AGENT_FILE = /^agent-([\w-]{1,128})\.jsonl$/;
const MAX_META_BYTES = 1024 * 1024;
/** Linux's PATH_MAX; macOS's is smaller. */
const MAX_PATH = 4_096;
const MAX_NAME = 255;

/**
 * Where a payload's `transcript_path` is `<config>/projects/<project>/<session>.jsonl` of one of
 * the agent's own directories, its real path, else a text that says why it must not be read.
 * What does not exist yet is judged by where it would be, and again by `withOwnFile`.
 */
export function checkTranscriptPath(
  path: string,
  sessionId: string,
  configDirs: readonly string[],
): SessionFile | string {
  if (!SESSION_ID.test(sessionId)) return "session_id is no file name";
  // What no file system takes would make each call below throw.
  const isLong = path.length > MAX_PATH || path.split("/").some((name) => name.length > MAX_NAME);
  if (path.includes("\0") || isLong) return "transcript_path is no path";
  if (!isAbsolute(path) || basename(path) !== `${sessionId}.jsonl`) {
    return "transcript_path is not the session's";
  }
  const directory = realPath(dirname(path));
  const own = configDirs.some((dir) => realPath(join(dir, "projects")) === dirname(directory));
  if (!own) return "transcript_path is outside Claude Code's directories";
  return { sessionId, path: join(directory, basename(path)) };
}

/** What is at the path; null where nothing is, or can be. Throws like fs for what is no fault of the path. */
export function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (isNotThere(error)) return null;
    throw error;
  }
}

/** The transcripts of a session's sub-agents, by name. */
export function findAgentFiles(session: SessionFile): AgentFile[] {
  const directory = join(dirname(session.path), session.sessionId, "subagents");
  // The session's own directory may be a symlink.
  if (realPath(directory) !== directory) return [];
  return list(directory).flatMap((name) => {
    const agentId = AGENT_FILE.exec(name)?.[1];
    if (agentId === undefined) return [];
    const path = join(directory, name);
    return [{ agentId, ...metaOf(path), path }];
  });
}

/** A directory's names in order; none where it is a symlink or not there. */
function list(directory: string): string[] {
  try {
    return lstatSync(directory).isDirectory() ? readdirSync(directory).sort() : [];
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}

function metaOf(path: string): Pick<AgentFile, "agentType" | "toolUseId"> {
  const meta = path.replace(/\.jsonl$/, ".meta.json");
  try {
    const text = withOwnFile(meta, (fd, { size }) =>
      size > MAX_META_BYTES ? null : readFileSync(fd, "utf8"),
    );
    const { agentType, toolUseId } = asObject(JSON.parse(text ?? "null"));
    return { agentType: asText(agentType), toolUseId: asId(toolUseId) };
  } catch (error) {
    if (error instanceof SyntaxError) return { agentType: null, toolUseId: null };
    throw error;
  }
}
