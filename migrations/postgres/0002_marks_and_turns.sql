-- Many workers: a mark has a number and an end, so that a live worker's messages are told from a dead one's, and one
-- that wakes late from its successor.
ALTER TABLE outbox ADD COLUMN mark BIGINT NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN marked_until BIGINT;

-- An offer that has led to something stays, as an event does; its (source, id) is free again.

-- Enough to make any past state again: a transition's inputs and history rows name the state version that it led to,
-- which with their moment is all that `advance` needs. What changed a customer from outside (an import, the
-- dispatcher), or without a history row, has a row of its own.
ALTER TABLE inbox ADD COLUMN taken_by BIGINT;
ALTER TABLE history ADD COLUMN turn BIGINT;
CREATE TABLE turns (
  tenant   TEXT COLLATE "C" NOT NULL,
  customer TEXT COLLATE "C" NOT NULL,
  version  BIGINT NOT NULL,
  at       BIGINT NOT NULL,
  state    TEXT,                      -- null when `advance` makes it
  PRIMARY KEY (tenant, customer, version)
);
