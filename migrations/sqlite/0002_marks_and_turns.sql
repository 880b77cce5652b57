-- Many workers: a mark has a number and an end, so that a live worker's messages are told from a dead one's, and one
-- that wakes late from its successor.
ALTER TABLE outbox ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN marked_until INTEGER;

-- An offer that has led to something stays, as an event does; its (source, id) is free again.
DROP INDEX inbox_by_source;
CREATE UNIQUE INDEX inbox_by_source ON inbox (tenant, source, id) WHERE is_offer = 0 OR taken_at IS NULL;

-- Enough to make any past state again: a transition's inputs and history rows name the state version that it led to,
-- which with their moment is all that `advance` needs. What changed a customer from outside (an import, the
-- dispatcher), or without a history row, has a row of its own.
ALTER TABLE inbox ADD COLUMN taken_by INTEGER;
ALTER TABLE history ADD COLUMN turn INTEGER;
CREATE TABLE turns (
  tenant   TEXT NOT NULL,
  customer TEXT NOT NULL,
  version  INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  state    TEXT,                      -- null when `advance` makes it
  PRIMARY KEY (tenant, customer, version)
) STRICT, WITHOUT ROWID;
