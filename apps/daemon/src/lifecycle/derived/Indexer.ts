import type { IndexState } from "@duolog/contract/server";
import { ServiceError } from "@duolog/contract/server";
import type { IndexKeeper } from "../../services/search/searchService.ts";
import type { SearchIndex } from "../../storage/search/searchIndex.ts";
import { Keeper, type KeeperOptions } from "./Keeper.ts";

/** Keeps the search index as the record is. */
export class Indexer extends Keeper<SearchIndex> implements IndexKeeper {
  constructor(options: Omit<KeeperOptions<SearchIndex>, "name" | "command">) {
    super({ ...options, name: "search index", command: "duolog reindex" });
  }

  behind(): number {
    return this.isEmpty() ? 0 : this.ask(({ upkeep }) => upkeep.behind(this.lastChange()));
  }

  state(): IndexState {
    if (this.isEmpty()) return this.#noneYet(0);
    const lastChange = this.lastChange();
    try {
      return this.ask((index) => ({
        exists: true,
        texts: index.count(),
        behind: index.upkeep.behind(lastChange),
        bytes: index.bytes(),
        problem: null,
      }));
    } catch (error) {
      if (error instanceof ServiceError) return this.#noneYet(lastChange);
      throw error;
    }
  }

  #noneYet(behind: number): IndexState {
    return { exists: false, texts: 0, behind, bytes: 0, problem: this.problem };
  }
}
