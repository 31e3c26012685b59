import { isAbsolute, resolve } from "node:path";
import { homeOf } from "@duolog/client/local";
import type { Filter } from "@duolog/contract/server";
import type { Room } from "../room.ts";
import { excluder, isWithin } from "./projects.ts";
import { mcpSettings } from "./settings.ts";

/** Of which projects the agent may read. */
export interface Scope {
  /** Narrows a question to them, as far as the daemon can. Rejects with Failure. */
  narrow<F extends Filter>(filter: F): Promise<F>;
  /** Whether what belongs to this project may be told: asked of each row that leaves. */
  allows(project: string | null): boolean;
}

/** Most projects that are looked at, and most that a question can leave out. */
const MOST_PROJECTS = 1_000;

/** By the settings as they are now. Throws Failure where they can't be read. */
export function scopeOf({ place, env, directory, read }: Room): Scope {
  const { projects, exclude } = mcpSettings(place.paths);
  const isExcluded = excluder(exclude, homeOf(env));
  const isSame = projects === "same";
  const own = (project = directory) =>
    isAbsolute(project) && isWithin(directory, project) ? resolve(project) : directory;
  return {
    async narrow(filter) {
      const project = isSame ? own(filter.project) : filter.project;
      if (exclude.length === 0) return { ...filter, project };
      const all = await read((reader) => reader.project.list({ limit: MOST_PROJECTS }));
      const withoutProjects = all.map(({ path }) => path).filter(isExcluded);
      return { ...filter, project, withoutProjects };
    },
    allows: (project) => !isExcluded(project) && (!isSame || isWithin(directory, project)),
  };
}
