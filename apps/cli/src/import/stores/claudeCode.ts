import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { openHistory, TRANSLATOR_VERSION } from "@duolog/claude-code-plugin/translate";
import { homeOf } from "@duolog/client/local";
import { Failure } from "../../failure.ts";
import type { Store } from "./store.ts";

/** What Claude Code keeps. Throws Failure where a directory that was named has no transcripts. */
export function claudeCodeStore(env: NodeJS.ProcessEnv, named: string | null): Store {
  const dirs = named === null ? defaultDirs(env) : [transcriptsIn(resolve(named))];
  return { ...openHistory(dirs), translator: TRANSLATOR_VERSION };
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
