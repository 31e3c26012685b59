import {
  countRejected,
  type DataPaths,
  databaseIdentity,
  MOST_REJECTED,
  readConfig,
} from "@duolog/client/local";
import type { Source } from "@duolog/contract";
import type { Health, IndexState } from "@duolog/contract/server";
import { checkSettings, problemText } from "@duolog/contract/settings";
import { type Aside, countRows, listAside, type Totals } from "@duolog/daemon/storage";
import { commandClient, probe } from "../daemon/rpc.ts";
import { loadImportState } from "../import/importState.ts";
import { grouped, NAMES } from "../import/report.ts";
import { type Output, show } from "../output/output.ts";
import { columns, count, oneLine, when } from "../output/text.ts";
import type { Place } from "../place.ts";
import { agentRows } from "./agents/agentRows.ts";
import { type AgentSeen, agentsSeen } from "./agents/agents.ts";
import { type AtRisk, atRisk } from "./atRisk.ts";
import { type Backlog, backlog, backlogHint } from "./backlog.ts";
import { checkRoot } from "./checkRoot.ts";
import { indexText } from "./search/indexText.ts";

/**
 * What `status --json` tells. The daemon's fields are null where none runs, the counts where there
 * is no database of today's shape. `startedAt` is epoch ms.
 */
export interface Status {
  running: boolean;
  /** The daemon's version; `programVersion` is this program's. */
  version: string | null;
  programVersion: string;
  protocol: number | null;
  pid: number | null;
  startedAt: number | null;
  dataDir: string;
  database: string;
  sessions: number | null;
  messages: number | null;
  unattributed: number | null;
  rejected: number;
  /** How far the search index is; null where no daemon runs that tells. */
  search: IndexState | null;
  /** Damaged databases that were put aside. */
  putAside: Aside[];
  backlog: Backlog;
  /** What the last import saw and did not read, by its reason. */
  left: LeftOf[];
  /** What Claude Code is about to delete; null where all of it is recorded, or can't be told. */
  atRisk: AtRisk | null;
  /** What was seen of each agent. */
  agents: AgentSeen[];
  /** What `config.json` says and that is passed over, in words. */
  settings: string[];
}

interface LeftOf {
  source: Source;
  reason: string;
  count: number;
}

/**
 * Tells of the daemon and of the record; starts nothing. Throws Failure where the data directory is
 * none.
 */
export async function status(place: Place, env: NodeJS.ProcessEnv, output: Output): Promise<void> {
  checkRoot(place.paths.root);
  const health = await probe(place);
  const totals = health ?? countRows(place.paths.database);
  const now = Date.now();
  const agents = await agentsSeen(place, env, now);
  const told: Status = {
    ...statusOf(place, health, totals),
    agents,
    atRisk: atRisk(place, env, now),
    search: health && (await indexState(place)),
  };
  show(output, told, (status) => statusText(status, place));
}

function statusOf(
  place: Place,
  health: Health | null,
  totals: Totals | null,
): Omit<Status, "atRisk" | "agents" | "search"> {
  const { paths, version } = place;
  return {
    running: health !== null,
    version: health?.version ?? null,
    programVersion: version,
    protocol: health?.protocol ?? null,
    pid: health?.pid ?? null,
    startedAt: health?.startedAt ?? null,
    dataDir: paths.root,
    database: paths.database,
    sessions: totals?.sessions ?? null,
    messages: totals?.messages ?? null,
    unattributed: totals?.unattributed ?? null,
    rejected: health?.rejected ?? countRejected(paths),
    putAside: listAside(paths.database),
    backlog: backlog(paths),
    left: leftOf(paths),
    settings: checkSettings(() => readConfig(paths)).problems.map(problemText),
  };
}

async function indexState(place: Place): Promise<IndexState | null> {
  const rpc = commandClient(place);
  try {
    return await rpc.reader.search.state();
  } catch {
    // A daemon of before there was an index.
    return null;
  } finally {
    await rpc.close();
  }
}

function leftOf(paths: DataPaths): LeftOf[] {
  const state = loadImportState(paths, databaseIdentity(paths.database));
  return [...(state?.agents ?? [])].flatMap(([source, { left }]) =>
    grouped(left).map(({ reason, count }) => ({ source, reason, count })),
  );
}

function asideText({ file, takenOver }: Aside): string {
  const done = takenOver
    ? `${count(takenOver.sessions, "session")}, ${count(takenOver.messages, "message")} taken over`
    : "not taken over yet";
  return `${file} (damaged; ${done})`;
}

function atRiskText({ sessions, from }: AtRisk): string {
  const goes = from < Date.now() ? "at its next start" : `from ${when(from)} on`;
  return `${count(sessions, "session")} not recorded, which Claude Code deletes ${goes}: \`duolog import\` keeps them`;
}

function statusText(status: Status, { plugins }: Place): string {
  const { running, version, pid, startedAt, sessions, messages, unattributed, rejected } = status;
  const recorded =
    sessions === null || messages === null
      ? "nothing yet"
      : `${count(sessions, "session")}, ${count(messages, "message")}`;
  const rows = [
    ["Daemon", running ? `${version}, process ${pid}, since ${when(startedAt)}` : "not running"],
    ["Data", status.database],
    ["Recorded", recorded],
  ];
  if (status.search) rows.push(["Search", indexText(status.search)]);
  if (unattributed) rows.push(["Unattributed", `${count(unattributed, "row")} without a source`]);
  if (rejected) {
    const full = rejected >= MOST_REJECTED ? ", which is full: no more are kept" : "";
    rows.push(["Rejected", `${count(rejected, "record")} in ${status.dataDir}/rejected${full}`]);
  }
  for (const { source, reason, count } of status.left) {
    rows.push(["Not read", `${count} of ${NAMES[source]}: ${oneLine(reason, 200)}`]);
  }
  for (const problem of status.settings) rows.push(["Settings", oneLine(problem, 200)]);
  rows.push(...agentRows(status.agents, plugins));
  if (status.atRisk) rows.push(["At risk", atRiskText(status.atRisk)]);
  for (const aside of status.putAside) rows.push(["Put aside", asideText(aside)]);
  return columns(rows) + backlogHint(status.backlog);
}
