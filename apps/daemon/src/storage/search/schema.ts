import { SEARCH_SCOPES, type SearchScope } from "@duolog/contract";

/** Of the file's shape and of what is done to texts before they are indexed: another one is built anew. */
export const INDEX_VERSION = 1;

/** The FTS5 table of a scope. */
export function textsOf(scope: SearchScope): string {
  return `${scope}_texts`;
}

/** The table that tells which row of the record each of a scope's texts is. */
export function docsOf(scope: SearchScope): string {
  return `${scope}_docs`;
}

/**
 * Contentless: the texts are in the record. `id` is a text's time in seconds, or the next one that is
 * free, so that the newest come first by the row id; `row` names the row of the record (rowNumber.ts);
 * `content` tells equal outputs from others.
 */
const SCOPE = (scope: SearchScope) => `
  CREATE VIRTUAL TABLE ${textsOf(scope)} USING fts5(
    text, facets, content='', contentless_delete=1, tokenize='unicode61');
  INSERT INTO ${textsOf(scope)}(${textsOf(scope)}, rank) VALUES ('automerge', 8);
  CREATE TABLE ${docsOf(scope)}(
    id INTEGER PRIMARY KEY, row INTEGER NOT NULL UNIQUE, session INTEGER NOT NULL,
    digest INTEGER NOT NULL, content INTEGER);
`;

/** lode/search.md tells what each is for. */
export const SCHEMA = `
  CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE facets(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE(kind, name));
  CREATE TABLE sessions(id INTEGER PRIMARY KEY, project INTEGER, name INTEGER, parent INTEGER);
  CREATE INDEX sessions_parent ON sessions(parent) WHERE parent IS NOT NULL;
  CREATE TABLE redo(session INTEGER PRIMARY KEY, kind TEXT, key INTEGER);
  CREATE TABLE session_tools(tool INTEGER, session INTEGER, PRIMARY KEY(tool, session)) WITHOUT ROWID;
  CREATE TABLE touched(
    file INTEGER, at INTEGER, call INTEGER, session INTEGER NOT NULL,
    PRIMARY KEY(file, at, call)) WITHOUT ROWID;
  CREATE INDEX touched_call ON touched(call);
  ${SEARCH_SCOPES.map(SCOPE).join("")}
  CREATE INDEX outputs_content ON ${docsOf("outputs")}(session, content);
`;
