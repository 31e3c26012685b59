import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { configDirs, openHistory, TRANSLATOR_VERSION } from "@duolog/claude-code-plugin/translate";
import { homeOf } from "@duolog/client/local";
import { Failure } from "../failure.ts";
import type { Place } from "../place.ts";
import type { AgentStore } from "./store.ts";

/** What shows a directory to be Claude Code's. */
const HOLDS = ["projects", "history.jsonl"];

/** What Claude Code keeps. Throws Failure where a directory that was named is none of its. */
export function claudeCodeStore(
  place: Place,
  env: NodeJS.ProcessEnv,
  named: string | null,
): AgentStore {
  const dirs =
    named === null ? configDirs(place.paths, { ...env, HOME: homeOf(env) }) : [resolve(named)];
  const own = dirs.filter((dir) => HOLDS.some((name) => existsSync(join(dir, name))));
  if (named !== null && own.length === 0) {
    const [dir = ""] = dirs;
    throw new Failure(
      `no transcripts of Claude Code's in ${dir}: there is no ${join(dir, "projects")}`,
    );
  }
  return Object.assign(openHistory(own), { translator: TRANSLATOR_VERSION, whole: null });
}
