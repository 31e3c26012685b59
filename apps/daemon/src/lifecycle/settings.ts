import { type DataPaths, readConfig } from "@duolog/client/local";
import { checkSettings, problemText, type Settings } from "@duolog/contract/settings";
import { KEPT_BYTES } from "../services/longText.ts";

/** What each value of `outputs` keeps of a text that lies in `blobs`, in bytes. */
const OUTPUTS: Record<Settings["outputs"], number> = {
  full: Number.POSITIVE_INFINITY,
  "1m": KEPT_BYTES,
  none: 0,
};

/** The settings of the daemon. */
export interface DaemonSettings {
  /** Of a long text so many bytes are kept. */
  keptBytes: number;
  /** What `config.json` says and that is passed over, in words. */
  problems: string[];
}

/** The user's own prices, as `config.json` says them now. */
export function readOwnPrices(paths: DataPaths): Settings["prices"] {
  return checkSettings(() => readConfig(paths)).settings.prices;
}

/** Reads `config.json`. What it does not say, or says wrong, is as if it was not there. */
export function readSettings(paths: DataPaths): DaemonSettings {
  const { settings, problems } = checkSettings(() => readConfig(paths));
  return { keptBytes: OUTPUTS[settings.outputs], problems: problems.map(problemText) };
}
