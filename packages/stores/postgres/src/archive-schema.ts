/** The ledgers of all machines. */
export const LEDGER_STEP = `
-- The ledgers of all machines, each row by its id and the machine it is of; columns are named as there, which is how they
-- are found. Ids start with their time at a fixed width, so the primary key is also the order of the rows.
CREATE TABLE sluice.ledger_intents (
  id TEXT COLLATE "C" NOT NULL,
  machine TEXT NOT NULL,
  client_request_id TEXT,
  started_at_ms BIGINT NOT NULL,
  key_id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  route TEXT NOT NULL,
  requested_model TEXT NOT NULL,
  stream BOOLEAN NOT NULL,
  reserved_nano_usd BIGINT,
  prompt_bytes BIGINT,
  key_name TEXT,
  team TEXT,
  "user" TEXT,
  end_user TEXT,
  tags JSONB,
  PRIMARY KEY (id, machine)
);
CREATE INDEX ledger_intents_tenant ON sluice.ledger_intents (tenant, id);
CREATE INDEX ledger_intents_started ON sluice.ledger_intents (started_at_ms);
CREATE TABLE sluice.ledger_settlements (
  id TEXT COLLATE "C" NOT NULL,
  machine TEXT NOT NULL,
  settled_at_ms BIGINT NOT NULL,
  status INTEGER NOT NULL,
  error_code TEXT,
  provider TEXT,
  model TEXT,
  attempts JSONB NOT NULL,
  input_tokens BIGINT NOT NULL,
  output_tokens BIGINT NOT NULL,
  cached_tokens BIGINT NOT NULL,
  cost_micro_usd BIGINT,
  usage_source TEXT NOT NULL,
  cache TEXT,
  first_token_ms DOUBLE PRECISION,
  duration_ms DOUBLE PRECISION NOT NULL,
  price_version TEXT,
  PRIMARY KEY (id, machine)
);
-- Unit prices by which rows are costed. The version is made from them: that of two machines is the same.
CREATE TABLE sluice.ledger_prices (version TEXT PRIMARY KEY, rows JSONB NOT NULL);`;

/** What is odd about a row; machines send 1 for it. */
export const FLAGS_STEP = `
ALTER TABLE sluice.ledger_settlements ADD COLUMN usage_suspect BOOLEAN, ADD COLUMN over_reserved BOOLEAN;`;

/** What requests cost more, or less, than their settlements say; and what a cost depends on beside the columns of tokens. */
export const ADJUSTMENTS_STEP = `
ALTER TABLE sluice.ledger_settlements ADD COLUMN priced JSONB;
CREATE TABLE sluice.ledger_adjustments (
  id TEXT COLLATE "C" NOT NULL,
  machine TEXT NOT NULL,
  request_id TEXT COLLATE "C" NOT NULL,
  made_at_ms BIGINT NOT NULL,
  micro_usd BIGINT NOT NULL,
  price_version TEXT NOT NULL,
  PRIMARY KEY (id, machine)
);
CREATE INDEX ledger_adjustments_request ON sluice.ledger_adjustments (request_id, machine);`;
