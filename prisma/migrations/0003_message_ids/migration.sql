-- Finds a message by its id alone, and counts an id of several sessions once without sorting.
CREATE INDEX "messages_id_idx" ON "messages"("id");
