-- Everything that must survive. Instants are milliseconds since 1970 in UTC, amounts are minor units, both
-- integers. Every table begins its key with (tenant, customer), so that it can be spread by customer; what
-- belongs to no customer begins with the tenant.

-- The state of a customer with all accounts, as one JSON value: it is read and written as one.
CREATE TABLE customers (
  tenant   TEXT NOT NULL,
  customer TEXT NOT NULL,
  version  INTEGER NOT NULL,          -- counts the changes; a commit names the one it was made from
  state    TEXT NOT NULL,
  PRIMARY KEY (tenant, customer)
) STRICT;

-- The accounts, to find their customer by, and where their runs stand, to count by.
CREATE TABLE accounts (
  tenant     TEXT NOT NULL,
  customer   TEXT NOT NULL,
  account    TEXT NOT NULL,
  currency   TEXT NOT NULL,
  version    TEXT,                    -- of the program; all null without a run
  entered_at INTEGER,
  step       INTEGER,
  outcome    INTEGER,                 -- null while the run is open
  ended_at   INTEGER,
  PRIMARY KEY (tenant, customer, account),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX accounts_by_account ON accounts (tenant, account);
CREATE INDEX accounts_without_run ON accounts (tenant, account) WHERE version IS NULL;
CREATE INDEX accounts_by_place ON accounts (tenant, version, outcome, step) WHERE version IS NOT NULL;

-- When something is next due for a customer, and who holds them. One narrow row for each, so that holding a
-- customer does not rewrite their state. A customer at rest has no due_at and is in no index: a poll costs
-- what is due, not what exists.
CREATE TABLE timers (
  tenant       TEXT NOT NULL,
  customer     TEXT NOT NULL,
  wake_at      INTEGER,               -- when one of the runs wants to be woken
  due_at       INTEGER,               -- the earlier of wake_at and the first input that waits
  lease        INTEGER NOT NULL DEFAULT 0,
  lease_until  INTEGER,               -- null when nobody holds them
  worker       TEXT,
  parked       TEXT,                  -- why they were put aside
  last_input   INTEGER NOT NULL DEFAULT 0,
  last_history INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, customer),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_due ON timers (tenant, due_at, customer) WHERE due_at IS NOT NULL AND parked IS NULL;
CREATE INDEX timers_held ON timers (tenant) WHERE lease_until IS NOT NULL;
CREATE INDEX timers_parked ON timers (tenant) WHERE parked IS NOT NULL;

-- What came in. Events stay after they were taken: they are the evidence, and their (source, id) must be
-- known for ever. An offer to enter goes when it was taken.
CREATE TABLE inbox (
  tenant     TEXT NOT NULL,
  customer   TEXT NOT NULL,
  number     INTEGER NOT NULL,        -- order of arrival within the customer
  account    TEXT NOT NULL,
  source     TEXT NOT NULL,
  id         TEXT NOT NULL,
  arrived_at INTEGER NOT NULL,
  is_offer   INTEGER NOT NULL,
  what       TEXT NOT NULL,
  taken_at   INTEGER,
  PRIMARY KEY (tenant, customer, number),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX inbox_by_source ON inbox (tenant, source, id);
CREATE INDEX inbox_waiting ON inbox (tenant, customer, arrived_at, number) WHERE taken_at IS NULL;

-- What happened and why. Rows are only ever added.
CREATE TABLE history (
  tenant   TEXT NOT NULL,
  customer TEXT NOT NULL,
  number   INTEGER NOT NULL,          -- from 1, without a gap
  at       INTEGER NOT NULL,
  account  TEXT NOT NULL,
  version  TEXT NOT NULL,             -- the program whose ids the entry names
  entry    TEXT NOT NULL,
  PRIMARY KEY (tenant, customer, number),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;

-- Messages on their way out.
CREATE TABLE outbox (
  tenant      TEXT NOT NULL,
  customer    TEXT NOT NULL,
  id          TEXT NOT NULL,
  account     TEXT NOT NULL,
  entered_at  INTEGER NOT NULL,
  version     TEXT NOT NULL,
  number      INTEGER NOT NULL,
  decided_at  INTEGER NOT NULL,
  not_before  INTEGER NOT NULL,
  state       TEXT NOT NULL
    CHECK (state IN ('queued', 'marked', 'accepted', 'refused', 'withdrawn', 'unknown')),
  attempts    INTEGER NOT NULL DEFAULT 0,
  worker      TEXT,
  provider_id TEXT NOT NULL DEFAULT '',
  why         TEXT NOT NULL DEFAULT '',
  message     TEXT NOT NULL,
  PRIMARY KEY (tenant, customer, id),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_queued ON outbox (tenant, not_before, customer, account, number) WHERE state = 'queued';
CREATE INDEX outbox_marked ON outbox (tenant) WHERE state = 'marked';
CREATE INDEX outbox_unknown ON outbox (tenant) WHERE state = 'unknown';
CREATE INDEX outbox_by_time ON outbox (tenant, decided_at, id);

-- Work for people.
CREATE TABLE tasks (
  tenant     TEXT NOT NULL,
  customer   TEXT NOT NULL,
  account    TEXT NOT NULL,
  entered_at INTEGER NOT NULL,
  task       INTEGER NOT NULL,
  version    TEXT NOT NULL,
  queue      TEXT NOT NULL,
  priority   INTEGER NOT NULL,        -- 0 is the most urgent
  opened_at  INTEGER NOT NULL,
  due_at     INTEGER,
  closed_at  INTEGER,
  result     TEXT,                    -- null when the run went on without it
  PRIMARY KEY (tenant, customer, account, entered_at, task),
  FOREIGN KEY (tenant, customer) REFERENCES customers (tenant, customer)
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_open ON tasks (tenant, opened_at, customer, account, entered_at, task) WHERE closed_at IS NULL;

-- Strategies as deployed.
CREATE TABLE strategies (
  tenant      TEXT NOT NULL,
  name        TEXT NOT NULL,
  version     TEXT NOT NULL,
  text        TEXT NOT NULL,
  deployed_at INTEGER NOT NULL,
  is_current  INTEGER NOT NULL,
  PRIMARY KEY (tenant, name, version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX strategies_by_version ON strategies (tenant, version);

-- Up to when a strategy's reviews are done.
CREATE TABLE reviews (
  tenant      TEXT NOT NULL,
  name        TEXT NOT NULL,
  reviewed_at INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Numbers that the server must remember: how far the sandbox clock runs ahead.
CREATE TABLE settings (
  tenant TEXT NOT NULL,
  name   TEXT NOT NULL,
  value  INTEGER NOT NULL,
  PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;
