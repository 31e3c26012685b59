import * as z from "zod";

/** USD a million tokens. */
const price = z.number().min(0).max(1_000_000);

/** What `config.json` in the data directory may say. What it does not say has its default. */
export const settingsSchema = z.strictObject({
  outputs: z
    .enum(["full", "1m", "none"])
    .default("1m")
    .describe("how much is kept of a tool's input and output and of reasoning, of each text"),
  prices: z
    .record(
      z.string().max(200),
      z.strictObject({
        input: price,
        output: price,
        cacheRead: price.optional(),
        cacheWrite: price.optional(),
        cacheWrite1h: price.optional(),
      }),
    )
    .default({})
    .describe("your own prices by the model's name, USD a million tokens"),
  mcp: z
    .strictObject({
      claudeCode: z.boolean().default(true).describe("whether Claude Code gets duolog's tools"),
      opencode: z.boolean().default(true).describe("whether OpenCode gets duolog's tools"),
      projects: z
        .enum(["all", "same"])
        .default("all")
        .describe("which projects' sessions an agent may read: all, or that of its directory"),
      exclude: z
        .array(z.string().max(1_000))
        .max(100)
        .default([])
        .describe("globs of project directories whose sessions no agent may read"),
    })
    .prefault({}),
});

export type Settings = z.infer<typeof settingsSchema>;

/** One problem, for a person. */
export function problemText({ setting, message }: SettingsProblem): string {
  return setting === "" ? `config.json: ${message}` : `config.json: ${setting}: ${message}`;
}

/** One thing that `config.json` says and that is passed over. */
export interface SettingsProblem {
  /** The setting, as `mcp.projects`; empty where it is the whole file. */
  setting: string;
  /** What is wrong, for a person. */
  message: string;
}

/** The settings that hold, and what was passed over. */
export interface CheckedSettings {
  settings: Settings;
  problems: SettingsProblem[];
}

/**
 * The settings of a file: `read` gives what it says, or throws where it can't be read. What is unknown
 * or wrong is as if it was not said, and told.
 */
export function checkSettings(read: () => unknown): CheckedSettings {
  try {
    return check(read());
  } catch (error) {
    const problem = { setting: "", message: (error as Error).message };
    return { settings: settingsSchema.parse({}), problems: [problem] };
  }
}

function check(said: unknown): CheckedSettings {
  const problems: SettingsProblem[] = [];
  let kept: unknown = structuredClone(said);
  for (;;) {
    const checked = settingsSchema.safeParse(kept);
    if (checked.success) return { settings: checked.data, problems };
    for (const issue of checked.error.issues) {
      if (issue.code === "unrecognized_keys") problems.push(...passOverKeys(kept, issue));
      else if (issue.path.length > 0) problems.push(passOverValue(kept, issue));
      else {
        problems.push({ setting: "", message: "holds no object" });
        kept = {};
      }
    }
  }
}

type Path = (string | number)[];

function passOverKeys(said: unknown, issue: z.core.$ZodIssueUnrecognizedKeys): SettingsProblem[] {
  return issue.keys.map((key) => {
    const path = [...pathOf(issue), key];
    remove(said, path);
    return { setting: path.join("."), message: "no such setting" };
  });
}

/** One wrong item makes the list a wrong one. */
function passOverValue(said: unknown, issue: z.core.$ZodIssue): SettingsProblem {
  const path = pathOf(issue);
  const item = path.findIndex((step) => typeof step === "number");
  const setting = item < 0 ? path : path.slice(0, item);
  remove(said, setting);
  return { setting: setting.join("."), message: issue.message };
}

function pathOf({ path }: z.core.$ZodIssue): Path {
  return path.filter((step) => typeof step !== "symbol");
}

function remove(from: unknown, [key, ...rest]: Path): void {
  const holder = from as Record<string, unknown> | undefined;
  if (key === undefined || holder === undefined) return;
  if (rest.length > 0) remove(holder[key], rest);
  else delete holder[key];
}
