-- Attribution, stamps of observation, change numbers, and a row number for messages.
--
-- The new tables are filled before an old one is dropped, and nothing refers to an old one when
-- it goes, so no delete cascades, whether foreign keys are enforced or not. SQLite rewrites the
-- reference to "new_sessions" when that table gets its name.
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;

CREATE TABLE "new_sessions" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "title" TEXT,
    "title_kind" TEXT CHECK ("title_kind" IN ('placeholder', 'prompt', 'generated', 'user')),
    "project_path" TEXT,
    "project_name" TEXT,
    "git_branch" TEXT,
    "model" TEXT,
    "provider" TEXT,
    "agent_version" TEXT,
    "parent_id" TEXT,
    "status" TEXT CHECK ("status" IN ('active', 'idle', 'error', 'ended', 'archived', 'deleted')),
    "error" TEXT,
    "prompt_tokens" BIGINT,
    "completion_tokens" BIGINT,
    "reasoning_tokens" BIGINT,
    "cache_read_tokens" BIGINT,
    "cache_write_tokens" BIGINT,
    "cost" REAL,
    "created_at" DATETIME,
    "updated_at" DATETIME,
    "ended_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE "new_messages" (
    "key" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL,
    "session_id" TEXT NOT NULL,
    "source" TEXT CHECK ("source" IN ('opencode', 'claude-code')),
    "source_inferred" BOOLEAN NOT NULL DEFAULT false,
    "role" TEXT,
    "text_content" TEXT,
    "model" TEXT,
    "provider" TEXT,
    "agent" TEXT,
    "agent_id" TEXT,
    "parent_id" TEXT,
    "finish_reason" TEXT,
    "error" TEXT,
    "prompt_tokens" BIGINT,
    "completion_tokens" BIGINT,
    "reasoning_tokens" BIGINT,
    "cache_read_tokens" BIGINT,
    "cache_write_tokens" BIGINT,
    "cost" REAL,
    "duration_ms" BIGINT,
    "created_at" DATETIME,
    "completed_at" DATETIME,
    "updated_at" DATETIME,
    "removed_at" DATETIME,
    "observed_at" DATETIME,
    "observed_seq" BIGINT,
    "stamps" TEXT,
    "changed_seq" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "messages_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "new_sessions" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- An id that is NULL, which the old tables did not rule out, becomes `legacy-<row number>`;
-- numbers and times that are no numbers become NULL; a BLOB where a text belongs
-- becomes its hexadecimal digits, since nothing says that it is text.
INSERT INTO "new_sessions" ("id", "title", "project_path", "project_name", "model", "provider", "prompt_tokens", "completion_tokens", "cost", "created_at", "updated_at", "changed_seq")
SELECT
    COALESCE(iif(typeof("id") = 'blob', hex("id"), "id"), 'legacy-' || rowid),
    iif(typeof("title") = 'blob', hex("title"), "title"),
    iif(typeof("project_path") = 'blob', hex("project_path"), "project_path"),
    iif(typeof("project_name") = 'blob', hex("project_name"), "project_name"),
    iif(typeof("model") = 'blob', hex("model"), "model"),
    iif(typeof("provider") = 'blob', hex("provider"), "provider"),
    CASE WHEN typeof("prompt_tokens") IN ('integer', 'real') THEN CAST("prompt_tokens" AS INTEGER) END,
    CASE WHEN typeof("completion_tokens") IN ('integer', 'real') THEN CAST("completion_tokens" AS INTEGER) END,
    CASE WHEN typeof("cost") IN ('integer', 'real') THEN "cost" END,
    CASE WHEN typeof("created_at") IN ('integer', 'real') THEN CAST("created_at" AS INTEGER) END,
    CASE WHEN typeof("updated_at") IN ('integer', 'real') THEN CAST("updated_at" AS INTEGER) END,
    ROW_NUMBER() OVER (ORDER BY rowid)
FROM "sessions"
ORDER BY rowid;

-- Messages of no session, or of one that is not there, get its row.
INSERT INTO "new_sessions" ("id", "changed_seq")
SELECT "missing"."id", (SELECT COUNT(*) FROM "sessions") + ROW_NUMBER() OVER (ORDER BY "missing"."id")
FROM (SELECT DISTINCT COALESCE(iif(typeof("session_id") = 'blob', hex("session_id"), "session_id"), 'unknown') AS "id" FROM "messages") AS "missing"
WHERE "missing"."id" NOT IN (SELECT "id" FROM "new_sessions")
ORDER BY "missing"."id";

INSERT INTO "new_messages" ("id", "session_id", "role", "text_content", "model", "prompt_tokens", "completion_tokens", "duration_ms", "created_at", "completed_at", "changed_seq")
SELECT
    COALESCE(iif(typeof("id") = 'blob', hex("id"), "id"), 'legacy-' || rowid),
    COALESCE(iif(typeof("session_id") = 'blob', hex("session_id"), "session_id"), 'unknown'),
    iif(typeof("role") = 'blob', hex("role"), "role"),
    iif(typeof("text_content") = 'blob', hex("text_content"), "text_content"),
    iif(typeof("model") = 'blob', hex("model"), "model"),
    CASE WHEN typeof("prompt_tokens") IN ('integer', 'real') THEN CAST("prompt_tokens" AS INTEGER) END,
    CASE WHEN typeof("completion_tokens") IN ('integer', 'real') THEN CAST("completion_tokens" AS INTEGER) END,
    CASE WHEN typeof("duration_ms") IN ('integer', 'real') THEN CAST("duration_ms" AS INTEGER) END,
    CASE WHEN typeof("created_at") IN ('integer', 'real') THEN CAST("created_at" AS INTEGER) END,
    CASE WHEN typeof("completed_at") IN ('integer', 'real') THEN CAST("completed_at" AS INTEGER) END,
    (SELECT COUNT(*) FROM "new_sessions") + ROW_NUMBER() OVER (ORDER BY rowid)
FROM "messages"
ORDER BY rowid;

-- The latest time that a row tells (merge rule M5).
UPDATE "new_messages"
SET "updated_at" = MAX(COALESCE("created_at", "completed_at"), COALESCE("completed_at", "created_at"));

DROP TABLE "messages";
DROP TABLE "sessions";
ALTER TABLE "new_sessions" RENAME TO "sessions";
ALTER TABLE "new_messages" RENAME TO "messages";

CREATE INDEX "sessions_updated_at_idx" ON "sessions"("updated_at");
CREATE INDEX "sessions_changed_seq_idx" ON "sessions"("changed_seq");
CREATE UNIQUE INDEX "messages_session_id_id_key" ON "messages"("session_id", "id");
CREATE INDEX "messages_session_id_created_at_idx" ON "messages"("session_id", "created_at");
CREATE INDEX "messages_source_idx" ON "messages"("source");
CREATE INDEX "messages_changed_seq_idx" ON "messages"("changed_seq");

PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
