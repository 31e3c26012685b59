/** Of the file's shape and of what is added up: another one is built anew. */
export const USAGE_VERSION = 1;

/**
 * `used`: what the answers of a session took, added up over a quarter of an hour (`at`, epoch ms: every
 * zone's days begin at one), a model, a provider, an agent, main conversation or sub-agent, a size of
 * request (core/usage/sizes.ts), and whether the agent told a cost. `first` and `last` are the times of
 * the first answer and the last, epoch ms; `cost` is the agent's, `computed` ours by the list of prices,
 * USD, NULL where that has none, and `priced` tells whether it was asked. Of a name 0 means none.
 */
export const SCHEMA = `
  CREATE TABLE meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE sessions(
    id INTEGER PRIMARY KEY, session TEXT NOT NULL UNIQUE, source TEXT, project TEXT, name TEXT,
    branch TEXT, parent TEXT, forked TEXT);
  CREATE INDEX sessions_parent ON sessions(parent) WHERE parent IS NOT NULL;
  CREATE INDEX sessions_forked ON sessions(forked) WHERE forked IS NOT NULL;
  CREATE TABLE changed(session TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE used(
    session INTEGER NOT NULL, at INTEGER NOT NULL, model INTEGER NOT NULL, provider INTEGER NOT NULL,
    agent INTEGER NOT NULL, sub INTEGER NOT NULL, size INTEGER NOT NULL, told INTEGER NOT NULL,
    requests INTEGER NOT NULL, input INTEGER NOT NULL, output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL,
    cache_write_1h INTEGER NOT NULL, cost REAL NOT NULL, first INTEGER NOT NULL,
    last INTEGER NOT NULL, computed REAL, priced INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(session, at, model, provider, agent, sub, size, told)) WITHOUT ROWID;
  CREATE INDEX used_unpriced ON used(priced) WHERE priced = 0;
`;
