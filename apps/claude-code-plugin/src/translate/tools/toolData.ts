import { asCount, asObject, asText, type Json, toldJson } from "../json.ts";
import { givenIn } from "../lines/given.ts";
import { readPatch } from "./patch.ts";
import { type Ending, exitCodeOf } from "./toolStatus.ts";

/** Most names that are kept of a list. */
const MAX_NAMES = 100;
/** Longest text that is kept of one fact, UTF-16 units. */
const MAX_FACT = 1_000;

/** What of a patch, an answer's list or a file is kept beside the output: facts, never content. */
export function toolDataOf(ending: Ending, line: Json, blocks: readonly Json[]): string | null {
  const { result } = ending;
  return toldJson({
    exitCode: exitCodeOf(ending),
    ...shellFacts(result),
    ...fileFacts(result),
    ...webFacts(result),
    ...agentFacts(result),
    images: some(givenIn(blocks)),
    tools: some(blocks.flatMap(({ tool_name }) => fact(tool_name) ?? [])),
    denial: ending.denialKind,
    permission: permissionOf(asObject(line.permissionDecision)),
  });
}

function shellFacts(result: Json): Json {
  return {
    returnCodeInterpretation: fact(result.returnCodeInterpretation),
    backgroundTaskId: fact(result.backgroundTaskId),
    outputPath: fact(result.persistedOutputPath),
  };
}

function fileFacts(result: Json): Json {
  const diff = readPatch(result);
  const { type } = result;
  return {
    change: type === "create" || type === "update" ? type : null,
    diff: diff?.text,
    diffIsCut: diff?.isCut || null,
    userModified: result.userModified === true || null,
    numFiles: asCount(result.numFiles),
    numLines: asCount(result.numLines),
    files: some(namesIn(result.filenames)),
    truncated: result.truncated === true || null,
  };
}

function webFacts(result: Json): Json {
  return {
    url: fact(result.url),
    code: asCount(result.code),
    bytes: asCount(result.bytes),
    query: fact(result.query),
    searchCount: asCount(result.searchCount),
  };
}

/** Of a sub-agent that ran, or was sent into the background. */
function agentFacts(result: Json): Json {
  const isAgent = asText(result.agentId) !== null;
  return {
    title: isAgent ? fact(result.description) : null,
    agentStatus: isAgent ? fact(result.status) : null,
    agentType: fact(result.agentType),
    model: fact(result.resolvedModel),
    totalTokens: asCount(result.totalTokens),
    totalToolUseCount: asCount(result.totalToolUseCount),
  };
}

/** Who decided that the call may run; what a setting allowed by itself is not told. */
function permissionOf(told: Json): Json | null {
  const decision = fact(told.decision);
  const source = fact(told.source);
  if (decision === null || (decision === "accept" && source === "config")) return null;
  return { decision, ...(source !== null && { source }) };
}

/** The pages that a search of the API's own gave. */
export function pagesIn(blocks: readonly Json[]): string | null {
  const pages = blocks.filter(({ type }) => type === "web_search_result").slice(0, MAX_NAMES);
  return toldJson({
    pages: some(pages.map(({ title, url }) => ({ title: fact(title), url: fact(url) }))),
  });
}

function fact(value: unknown): string | null {
  const text = asText(value);
  return text !== null && text.length <= MAX_FACT ? text : null;
}

function namesIn(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MAX_NAMES).flatMap((name) => fact(name) ?? []);
}

function some<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
