import { existsSync, lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  findAgentFiles,
  findSessionFiles,
  readSession,
  type SessionFile,
  TRANSLATOR_VERSION,
} from "@duolog/claude-code-plugin/translate";
import { homeOf } from "@duolog/client/local";
import { type Found, type HistoryPart, Source } from "@duolog/contract";
import { Failure } from "../../failure.ts";
import type { Store } from "./store.ts";

/** Claude Code's transcripts. Throws Failure where a directory that was named has none. */
export function claudeCodeStore(env: NodeJS.ProcessEnv, named: string | null): Store {
  const dirs = named === null ? defaultDirs(env) : [transcriptsIn(resolve(named))];
  const parts = dirs.flatMap((dir) => findSessionFiles(dir).filter(isFile).map(partOf));
  return {
    source: Source.claude_code,
    translator: TRANSLATOR_VERSION,
    places: dirs,
    parts,
    left: [],
    close() {},
  };
}

function defaultDirs(env: NodeJS.ProcessEnv): string[] {
  const home = homeOf(env);
  const dirs = [env.CLAUDE_CONFIG_DIR || join(home, ".claude"), join(home, ".config", "claude")];
  return dirs.map((dir) => resolve(dir)).filter((dir) => existsSync(join(dir, "projects")));
}

function transcriptsIn(dir: string): string {
  const projects = join(dir, "projects");
  if (existsSync(projects)) return dir;
  throw new Failure(`no transcripts of Claude Code's in ${dir}: there is no ${projects}`);
}

function isFile({ path }: SessionFile): boolean {
  return lstatSync(path).isFile();
}

function partOf(file: SessionFile): HistoryPart {
  const files = [file, ...findAgentFiles(file)];
  const stats = files.map(({ path }) => lstatSync(path, { bigint: true }));
  return {
    id: file.sessionId,
    fingerprint: stats
      .map(({ ino, size, mtimeNs, ctimeNs }) => `${ino}:${size}:${mtimeNs}:${ctimeNs}`)
      .join(" "),
    writtenAt: Math.max(...stats.map(({ mtimeMs }) => Number(mtimeMs))),
    bytes: stats.reduce((sum, { size }) => sum + Number(size), 0),
    read: () => read(file),
  };
}

function* read(file: SessionFile): Generator<Found> {
  for (const { path, records, broken } of readSession(file)) {
    const unreadable = broken.map(({ offset, reason, text }) => ({
      raw: { transcript: path, offset, line: text },
      reason: `transcript: ${reason}`,
    }));
    yield { records, unreadable };
  }
}
