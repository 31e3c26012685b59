import stripJsonComments from "strip-json-comments";
import { readIfThere } from "../files/readIfThere.ts";
import type { DataPaths } from "./paths.ts";

/**
 * What `config.json` says, unchecked: JSON with comments and trailing commas. An empty object where
 * there is none; undefined where it is no JSON. Throws like fs, and an Error where it is no file of the
 * user's own.
 */
export function readConfig(paths: DataPaths): unknown {
  const text = readIfThere(paths.config);
  if (text === null) return {};
  try {
    return JSON.parse(stripJsonComments(text.replace(/^\uFEFF/, ""), { trailingCommas: true }));
  } catch {
    return undefined;
  }
}
