import type { UsageKeeper } from "../../services/usage/usageService.ts";
import type { UsageTotals } from "../../storage/usage/usageTotals.ts";
import { Keeper, type KeeperOptions } from "./Keeper.ts";

/** Keeps the totals as the record is. */
export class Accountant extends Keeper<UsageTotals> implements UsageKeeper {
  constructor(options: Omit<KeeperOptions<UsageTotals>, "name" | "command">) {
    super({ ...options, name: "file of totals", command: "duolog reindex" });
  }
}
