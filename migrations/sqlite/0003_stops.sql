-- What is stopped: nothing of it goes out until somebody lets it go on. Asked before every message.
CREATE TABLE stops (
  tenant TEXT NOT NULL,
  kind   TEXT NOT NULL,               -- all, channel, strategy, account
  name   TEXT NOT NULL,               -- empty for all
  why    TEXT NOT NULL,
  at     INTEGER NOT NULL,
  PRIMARY KEY (tenant, kind, name)
) STRICT, WITHOUT ROWID;
