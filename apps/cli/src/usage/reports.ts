import type { UsageBy } from "@duolog/contract";

/** What `duolog usage` can tell, under the names that ccusage has for it. */
export const REPORT_NAMES = [
  "daily",
  "weekly",
  "monthly",
  "session",
  "project",
  "branch",
  "model",
  "agent",
] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

/** A report: what its rows are of, and the word for that. */
export interface Report {
  name: ReportName;
  by: UsageBy;
  /** Of a row in JSON, beside `period`; the heading of the first column is like it. */
  key: string;
  /** Each project apart. */
  instances: boolean;
}

const OF: Record<ReportName, Pick<Report, "by" | "key">> = {
  daily: { by: "day", key: "date" },
  weekly: { by: "week", key: "week" },
  monthly: { by: "month", key: "month" },
  session: { by: "session", key: "sessionId" },
  project: { by: "project", key: "project" },
  branch: { by: "branch", key: "branch" },
  model: { by: "model", key: "model" },
  agent: { by: "agent", key: "agentName" },
};

export function reportOf(name: ReportName, instances: boolean): Report {
  return { name, ...OF[name], instances };
}
