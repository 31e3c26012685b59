-- The database of the plugins from before versions were kept. A file of this shape that lies
-- in place already is recorded as this migration; it is never run on it.
CREATE TABLE "sessions" (
    "id" TEXT PRIMARY KEY,
    "title" TEXT,
    "project_path" TEXT,
    "project_name" TEXT,
    "model" TEXT,
    "provider" TEXT,
    "prompt_tokens" INTEGER,
    "completion_tokens" INTEGER,
    "cost" REAL,
    "created_at" INTEGER,
    "updated_at" INTEGER
);

CREATE TABLE "messages" (
    "id" TEXT PRIMARY KEY,
    "session_id" TEXT REFERENCES "sessions"("id") ON DELETE CASCADE,
    "role" TEXT,
    "text_content" TEXT,
    "model" TEXT,
    "prompt_tokens" INTEGER,
    "completion_tokens" INTEGER,
    "duration_ms" INTEGER,
    "created_at" INTEGER,
    "completed_at" INTEGER
);
