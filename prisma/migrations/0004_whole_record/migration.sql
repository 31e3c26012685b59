-- Tool calls, session events, long texts, and what sessions and messages tell besides. Columns are
-- added in place, so a record of any size is upgraded at once; an import fills in what was not kept.
ALTER TABLE "sessions" ADD COLUMN "project_id" TEXT;
ALTER TABLE "sessions" ADD COLUMN "forked_from_id" TEXT;
ALTER TABLE "sessions" ADD COLUMN "cache_write_1h_tokens" BIGINT;
ALTER TABLE "sessions" ADD COLUMN "lines_added" BIGINT;
ALTER TABLE "sessions" ADD COLUMN "lines_removed" BIGINT;

ALTER TABLE "messages" ADD COLUMN "reasoning_text" TEXT;
ALTER TABLE "messages" ADD COLUMN "reasoning_hash" TEXT;
ALTER TABLE "messages" ADD COLUMN "reasoning_bytes" BIGINT;
ALTER TABLE "messages" ADD COLUMN "attachments" TEXT;
ALTER TABLE "messages" ADD COLUMN "is_sidechain" BOOLEAN;
ALTER TABLE "messages" ADD COLUMN "request_id" TEXT;
ALTER TABLE "messages" ADD COLUMN "copied_from_id" TEXT;
ALTER TABLE "messages" ADD COLUMN "cache_write_1h_tokens" BIGINT;
ALTER TABLE "messages" ADD COLUMN "removed_inferred" BOOLEAN NOT NULL DEFAULT false;

-- As before, and tells a fork's copies, so that counting what is no copy needs no row.
DROP INDEX "messages_id_idx";
CREATE INDEX "messages_id_copied_from_id_idx" ON "messages"("id", "copied_from_id");

CREATE TABLE "tool_calls" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "message_id" TEXT,
    "agent_id" TEXT,
    "is_sidechain" BOOLEAN,
    "position" BIGINT,
    "name" TEXT,
    "kind" TEXT,
    "status" TEXT,
    "status_inferred" BOOLEAN NOT NULL DEFAULT false,
    "input" TEXT,
    "input_hash" TEXT,
    "input_bytes" BIGINT,
    "output" TEXT,
    "output_hash" TEXT,
    "output_bytes" BIGINT,
    "error" TEXT,
    "file_path" TEXT,
    "child_session_id" TEXT,
    "child_agent_id" TEXT,
    "data" TEXT,
    "created_at" DATETIME,
    "completed_at" DATETIME,
    "duration_ms" BIGINT,
    "updated_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "tool_calls_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "session_events" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "kind" TEXT,
    "message_id" TEXT,
    "tool_call_id" TEXT,
    "text" TEXT,
    "data" TEXT,
    "created_at" DATETIME,
    "updated_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "session_events_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "blobs" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "bytes" BIGINT NOT NULL,
    "text" TEXT,
    "deflated" BLOB,
    "is_cut" BOOLEAN NOT NULL DEFAULT false
);

CREATE INDEX "tool_calls_session_id_created_at_idx" ON "tool_calls"("session_id", "created_at");
CREATE INDEX "tool_calls_session_id_status_idx" ON "tool_calls"("session_id", "status");
CREATE INDEX "tool_calls_changed_seq_idx" ON "tool_calls"("changed_seq");
CREATE UNIQUE INDEX "tool_calls_session_id_id_key" ON "tool_calls"("session_id", "id");
CREATE INDEX "session_events_session_id_created_at_idx" ON "session_events"("session_id", "created_at");
CREATE INDEX "session_events_session_id_kind_idx" ON "session_events"("session_id", "kind");
CREATE INDEX "session_events_changed_seq_idx" ON "session_events"("changed_seq");
CREATE UNIQUE INDEX "session_events_session_id_id_key" ON "session_events"("session_id", "id");
