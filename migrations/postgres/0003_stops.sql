-- What is stopped: nothing of it goes out until somebody lets it go on. Asked before every message. Few rows that
-- belong to no customer: a reference table.
CREATE TABLE stops (
  tenant TEXT COLLATE "C" NOT NULL,
  kind   TEXT COLLATE "C" NOT NULL,   -- all, channel, strategy, account
  name   TEXT COLLATE "C" NOT NULL,   -- empty for all
  why    TEXT NOT NULL,
  at     BIGINT NOT NULL,
  PRIMARY KEY (tenant, kind, name)
);
