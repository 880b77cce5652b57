-- Everything that must survive. Instants are milliseconds since 1970 in UTC, amounts are minor units, both
-- integers. Text is ordered by its bytes, as everywhere in Cobro.
--
-- Every table begins its key with (tenant, customer): on a database that is distributed, `customer` is the
-- distribution column and all rows of a customer lie together. Two tables cannot have it, because what they keep
-- unique is unique over all customers: `account_names`, to find an account's customer (distributed by `account`),
-- and `inbox_names`, to know an event again (distributed by `id`). They are read and written when customers and
-- inputs come in; a transition touches neither, but for the name of an offer, which is forgotten when it is taken.
-- Strategies, reviews and settings are few and belong to no customer: reference tables.
--
-- No foreign keys: each would look the customer up again for every row of a commit that holds their row already.

-- The state of a customer with all accounts, as one JSON value: it is read and written as one.
CREATE TABLE customers (
  tenant   TEXT COLLATE "C" NOT NULL,
  customer TEXT COLLATE "C" NOT NULL,
  version  BIGINT NOT NULL,           -- counts the changes; a commit names the one it was made from
  state    TEXT NOT NULL,
  PRIMARY KEY (tenant, customer)
) WITH (fillfactor = 70);

-- Where the runs of accounts stand, to count by.
CREATE TABLE accounts (
  tenant     TEXT COLLATE "C" NOT NULL,
  customer   TEXT COLLATE "C" NOT NULL,
  account    TEXT COLLATE "C" NOT NULL,
  currency   TEXT COLLATE "C" NOT NULL,
  version    TEXT COLLATE "C",        -- of the program; all null without a run
  entered_at BIGINT,
  step       BIGINT,
  outcome    BIGINT,                  -- null while the run is open
  ended_at   BIGINT,
  PRIMARY KEY (tenant, customer, account)
);
CREATE INDEX accounts_without_run ON accounts (tenant, account) WHERE version IS NULL;
CREATE INDEX accounts_by_place ON accounts (tenant, version, outcome, step) WHERE version IS NOT NULL;

-- The accounts, to find their customer by.
CREATE TABLE account_names (
  tenant   TEXT COLLATE "C" NOT NULL,
  account  TEXT COLLATE "C" NOT NULL,
  customer TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, account)
);

-- When something is next due for a customer, and who holds them. One narrow row for each, so that holding a
-- customer does not rewrite their state; it is also the row by whose lock writers of one customer take turns. A
-- customer at rest has no due_at and is in no index: a poll costs what is due, not what exists. No index knows the
-- lease, so that taking hold writes none.
CREATE TABLE timers (
  tenant       TEXT COLLATE "C" NOT NULL,
  customer     TEXT COLLATE "C" NOT NULL,
  wake_at      BIGINT,                -- when one of the runs wants to be woken
  due_at       BIGINT,                -- the earlier of wake_at and the first input that waits
  lease        BIGINT NOT NULL DEFAULT 0,
  lease_until  BIGINT,                -- null when nobody holds them
  worker       TEXT,
  parked       TEXT,                  -- why they were put aside
  last_input   BIGINT NOT NULL DEFAULT 0,
  last_history BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, customer)
) WITH (fillfactor = 50);
CREATE INDEX timers_due ON timers (tenant, due_at, customer) WHERE due_at IS NOT NULL AND parked IS NULL;
CREATE INDEX timers_parked ON timers (tenant) WHERE parked IS NOT NULL;

-- What came in. Events stay after they were taken: they are the evidence, and their (source, id) must be
-- known for ever. An offer to enter goes when it was taken.
CREATE TABLE inbox (
  tenant     TEXT COLLATE "C" NOT NULL,
  customer   TEXT COLLATE "C" NOT NULL,
  number     BIGINT NOT NULL,         -- order of arrival within the customer
  account    TEXT COLLATE "C" NOT NULL,
  source     TEXT COLLATE "C" NOT NULL,
  id         TEXT COLLATE "C" NOT NULL,
  arrived_at BIGINT NOT NULL,
  is_offer   BOOLEAN NOT NULL,
  what       TEXT NOT NULL,
  taken_at   BIGINT,
  PRIMARY KEY (tenant, customer, number)
);
CREATE INDEX inbox_waiting ON inbox (tenant, customer, arrived_at, number) WHERE taken_at IS NULL;

-- (source, id) of every event, and of offers that wait.
CREATE TABLE inbox_names (
  tenant TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  id     TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (tenant, source, id)
);

-- What happened and why. Rows are only ever added.
CREATE TABLE history (
  tenant   TEXT COLLATE "C" NOT NULL,
  customer TEXT COLLATE "C" NOT NULL,
  number   BIGINT NOT NULL,           -- from 1, without a gap
  at       BIGINT NOT NULL,
  account  TEXT COLLATE "C" NOT NULL,
  version  TEXT COLLATE "C" NOT NULL, -- the program whose ids the entry names
  entry    TEXT NOT NULL,
  PRIMARY KEY (tenant, customer, number)
);

-- Messages on their way out.
CREATE TABLE outbox (
  tenant       TEXT COLLATE "C" NOT NULL,
  customer     TEXT COLLATE "C" NOT NULL,
  id           TEXT COLLATE "C" NOT NULL,
  account      TEXT COLLATE "C" NOT NULL,
  entered_at   BIGINT NOT NULL,
  version      TEXT COLLATE "C" NOT NULL,
  number       BIGINT NOT NULL,
  decided_at   BIGINT NOT NULL,
  not_before   BIGINT NOT NULL,
  state        TEXT COLLATE "C" NOT NULL
    CHECK (state IN ('queued', 'marked', 'accepted', 'refused', 'withdrawn', 'unknown')),
  attempts     BIGINT NOT NULL DEFAULT 0,
  worker       TEXT,
  provider_id  TEXT NOT NULL DEFAULT '',
  why          TEXT NOT NULL DEFAULT '',
  message      TEXT NOT NULL,
  PRIMARY KEY (tenant, customer, id)
);
CREATE INDEX outbox_queued ON outbox (tenant, not_before, customer, account, number) WHERE state = 'queued';
CREATE INDEX outbox_marked ON outbox (tenant) WHERE state = 'marked';
CREATE INDEX outbox_unknown ON outbox (tenant) WHERE state = 'unknown';
CREATE INDEX outbox_by_time ON outbox (tenant, decided_at, id);

-- Work for people.
CREATE TABLE tasks (
  tenant     TEXT COLLATE "C" NOT NULL,
  customer   TEXT COLLATE "C" NOT NULL,
  account    TEXT COLLATE "C" NOT NULL,
  entered_at BIGINT NOT NULL,
  task       BIGINT NOT NULL,
  version    TEXT COLLATE "C" NOT NULL,
  queue      TEXT COLLATE "C" NOT NULL,
  priority   BIGINT NOT NULL,         -- 0 is the most urgent
  opened_at  BIGINT NOT NULL,
  due_at     BIGINT,
  closed_at  BIGINT,
  result     TEXT,                    -- null when the run went on without it
  PRIMARY KEY (tenant, customer, account, entered_at, task)
);
CREATE INDEX tasks_open ON tasks (tenant, opened_at, customer, account, entered_at, task) WHERE closed_at IS NULL;

-- Strategies as deployed.
CREATE TABLE strategies (
  tenant      TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  version     TEXT COLLATE "C" NOT NULL,
  text        TEXT NOT NULL,
  deployed_at BIGINT NOT NULL,
  is_current  BOOLEAN NOT NULL,
  PRIMARY KEY (tenant, name, version)
);
CREATE UNIQUE INDEX strategies_by_version ON strategies (tenant, version);

-- Up to when a strategy's reviews are done.
CREATE TABLE reviews (
  tenant      TEXT COLLATE "C" NOT NULL,
  name        TEXT COLLATE "C" NOT NULL,
  reviewed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);

-- Numbers that the server must remember: how far the sandbox clock runs ahead.
CREATE TABLE settings (
  tenant TEXT COLLATE "C" NOT NULL,
  name   TEXT COLLATE "C" NOT NULL,
  value  BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
);
