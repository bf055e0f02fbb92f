/**
 * The schema as steps; the number of steps applied stands in `user_version`. Steps are only ever added, never edited.
 *
 * Ids of ledger rows start with their time at a fixed width, so the primary key is also the order of the rows.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE keys (
     id TEXT PRIMARY KEY NOT NULL,
     name TEXT NOT NULL,
     hash TEXT NOT NULL UNIQUE,
     last4 TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER,
     revoked_at_ms INTEGER,
     models TEXT,
     limits TEXT,
     profile TEXT,
     metadata TEXT
   ) STRICT, WITHOUT ROWID;

   -- Counted by triggers, so that no writer can forget it and other tables do not move it.
   CREATE TABLE keys_version (version INTEGER NOT NULL) STRICT;
   INSERT INTO keys_version VALUES (1);
   CREATE TRIGGER keys_inserted AFTER INSERT ON keys BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER keys_updated AFTER UPDATE ON keys BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER keys_deleted AFTER DELETE ON keys BEGIN UPDATE keys_version SET version = version + 1; END;

   CREATE TABLE ledger_intents (
     id TEXT PRIMARY KEY NOT NULL,
     client_request_id TEXT,
     started_at_ms INTEGER NOT NULL,
     key_id TEXT NOT NULL,
     tenant TEXT NOT NULL,
     route TEXT NOT NULL,
     requested_model TEXT NOT NULL,
     stream INTEGER NOT NULL
   ) WITHOUT ROWID;

   -- A measure that is not a number is written as 0: one broken row must not keep its batch off the disk.
   CREATE TABLE ledger_settlements (
     id TEXT PRIMARY KEY NOT NULL,
     settled_at_ms INTEGER NOT NULL,
     status INTEGER NOT NULL,
     error_code TEXT,
     provider TEXT,
     model TEXT,
     attempts TEXT NOT NULL,
     input_tokens INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT 0,
     output_tokens INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT 0,
     cached_tokens INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT 0,
     cost_micro_usd INTEGER,
     usage_source TEXT NOT NULL,
     cache TEXT,
     first_token_ms REAL,
     duration_ms REAL NOT NULL ON CONFLICT REPLACE DEFAULT 0
   ) WITHOUT ROWID;`,

  `CREATE TABLE responses (
     tenant TEXT NOT NULL,
     id TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     provider TEXT NOT NULL,
     input TEXT NOT NULL,
     response TEXT NOT NULL,
     PRIMARY KEY (tenant, id)
   ) STRICT;
   CREATE INDEX responses_expiry ON responses (expires_at_ms);`,

  `-- Which process is going to settle an intent. An id is never given twice.
   ALTER TABLE ledger_intents ADD COLUMN owner INTEGER;
   -- Every open intent of an owner has an id from \`since\` on, or stands in \`open\`, a list of JSON.
   CREATE TABLE ledger_owners (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     since TEXT NOT NULL,
     open TEXT NOT NULL
   ) STRICT;`,

  `-- What operators set while gateways run. A value is JSON.
   CREATE TABLE settings (
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     value TEXT NOT NULL,
     changed_at_ms INTEGER NOT NULL,
     PRIMARY KEY (kind, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE settings_version (version INTEGER NOT NULL) STRICT;
   INSERT INTO settings_version VALUES (1);
   CREATE TRIGGER settings_inserted AFTER INSERT ON settings BEGIN UPDATE settings_version SET version = version + 1; END;
   CREATE TRIGGER settings_updated AFTER UPDATE ON settings BEGIN UPDATE settings_version SET version = version + 1; END;
   CREATE TRIGGER settings_deleted AFTER DELETE ON settings BEGIN UPDATE settings_version SET version = version + 1; END;`,

  `CREATE TABLE orgs (
     id TEXT PRIMARY KEY NOT NULL,
     name TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     disabled_at_ms INTEGER,
     metadata TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE teams (
     id TEXT PRIMARY KEY NOT NULL,
     org TEXT NOT NULL,
     name TEXT NOT NULL,
     created_at_ms INTEGER NOT NULL,
     disabled_at_ms INTEGER,
     metadata TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX teams_org ON teams (org);
   CREATE TABLE users (
     id TEXT PRIMARY KEY NOT NULL,
     org TEXT NOT NULL,
     team TEXT,
     kind TEXT NOT NULL,
     role TEXT NOT NULL,
     name TEXT NOT NULL,
     email TEXT,
     subject TEXT,
     created_at_ms INTEGER NOT NULL,
     disabled_at_ms INTEGER,
     metadata TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX users_org ON users (org);
   INSERT INTO orgs (id, name, created_at_ms) VALUES ('default', 'default', unixepoch() * 1000);

   ALTER TABLE keys ADD COLUMN tenant TEXT NOT NULL DEFAULT 'default';
   ALTER TABLE keys ADD COLUMN team TEXT;
   ALTER TABLE keys ADD COLUMN user TEXT;
   ALTER TABLE keys ADD COLUMN role TEXT NOT NULL DEFAULT 'caller';
   ALTER TABLE keys ADD COLUMN routes TEXT;
   ALTER TABLE keys ADD COLUMN tools TEXT;
   ALTER TABLE keys ADD COLUMN ips TEXT;
   ALTER TABLE keys ADD COLUMN retiring TEXT;
   CREATE INDEX keys_tenant ON keys (tenant);

   -- Whoever holds the keys in memory holds these too, and looks at one version.
   CREATE TRIGGER orgs_inserted AFTER INSERT ON orgs BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER orgs_updated AFTER UPDATE ON orgs BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER orgs_deleted AFTER DELETE ON orgs BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER teams_inserted AFTER INSERT ON teams BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER teams_updated AFTER UPDATE ON teams BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER teams_deleted AFTER DELETE ON teams BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER users_inserted AFTER INSERT ON users BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER users_updated AFTER UPDATE ON users BEGIN UPDATE keys_version SET version = version + 1; END;
   CREATE TRIGGER users_deleted AFTER DELETE ON users BEGIN UPDATE keys_version SET version = version + 1; END;`,

  `-- What limits and budgets count, by window; \`ends_at_ms\` is NULL where it never ends.
   CREATE TABLE counts (
     key TEXT NOT NULL,
     starts_at_ms INTEGER NOT NULL,
     ends_at_ms INTEGER,
     used INTEGER NOT NULL,
     PRIMARY KEY (key, starts_at_ms)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX counts_end ON counts (ends_at_ms);
   CREATE TABLE reservations (
     id TEXT PRIMARY KEY NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     expired INTEGER NOT NULL,
     held TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   ALTER TABLE ledger_intents ADD COLUMN reserved_nano_usd INTEGER;
   CREATE INDEX reservations_expiry ON reservations (expired, expires_at_ms);`,

  `-- What operators did. Each row holds the hash of the one before.
   CREATE TABLE audit (
     seq INTEGER PRIMARY KEY NOT NULL,
     at_ms INTEGER NOT NULL,
     actor TEXT NOT NULL,
     actor_name TEXT NOT NULL,
     role TEXT NOT NULL,
     tenant TEXT NOT NULL,
     action TEXT NOT NULL,
     object TEXT NOT NULL,
     before TEXT,
     after TEXT,
     changed TEXT,
     address TEXT,
     request_id TEXT,
     previous TEXT NOT NULL,
     hash TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
   CREATE TRIGGER audit_whole BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
   -- Which row is the last one: a log that was cut short shows by it.
   CREATE TABLE audit_head (
     only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
     seq INTEGER NOT NULL,
     hash TEXT NOT NULL,
     mac TEXT NOT NULL
   ) STRICT;`,

  `ALTER TABLE keys ADD COLUMN budget TEXT;
   -- From what a request that nobody settled is priced: its size, beside what was reserved for it.
   ALTER TABLE ledger_intents ADD COLUMN prompt_bytes INTEGER;
   -- Unit prices by which rows are costed, each set once.
   CREATE TABLE ledger_prices (version TEXT PRIMARY KEY NOT NULL, rows TEXT NOT NULL) STRICT, WITHOUT ROWID;
   ALTER TABLE ledger_settlements ADD COLUMN price_version TEXT;`,

  `-- Whose a request was. Tags are a list of JSON.
   ALTER TABLE ledger_intents ADD COLUMN key_name TEXT;
   ALTER TABLE ledger_intents ADD COLUMN team TEXT;
   ALTER TABLE ledger_intents ADD COLUMN user TEXT;
   ALTER TABLE ledger_intents ADD COLUMN end_user TEXT;
   ALTER TABLE ledger_intents ADD COLUMN tags TEXT;`,

  `-- Bytes under a key, for a time.
   CREATE TABLE entries (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL, expires_at_ms INTEGER NOT NULL) STRICT;
   CREATE INDEX entries_expiry ON entries (expires_at_ms);
   -- Of all values together; counted by triggers, so that nobody adds them up.
   CREATE TABLE entries_size (bytes INTEGER NOT NULL) STRICT;
   INSERT INTO entries_size VALUES (0);
   CREATE TRIGGER entries_inserted AFTER INSERT ON entries BEGIN
     UPDATE entries_size SET bytes = bytes + length(new.value);
   END;
   CREATE TRIGGER entries_updated AFTER UPDATE ON entries BEGIN
     UPDATE entries_size SET bytes = bytes + length(new.value) - length(old.value);
   END;
   CREATE TRIGGER entries_deleted AFTER DELETE ON entries BEGIN
     UPDATE entries_size SET bytes = bytes - length(old.value);
   END;`,

  `CREATE TABLE sessions (
     hash TEXT PRIMARY KEY NOT NULL,
     created_at_ms INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL,
     subject TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,

  `-- Rows of the ledger that are yet to be sent on, in the order of their commits. Triggers fill it where they are sent at all.
   CREATE TABLE ledger_outbox (seq INTEGER PRIMARY KEY NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL) STRICT;
   -- What was not taken, so that the rows behind it are.
   CREATE TABLE ledger_refused (kind TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID;
   -- One row. What was written before the triggers stood, behind \`after\` up to \`until\`, is still to be put into the outbox.
   CREATE TABLE ledger_sender (
     only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
     machine TEXT NOT NULL,
     after TEXT,
     until TEXT
   ) STRICT;`,

  `ALTER TABLE ledger_settlements ADD COLUMN usage_suspect INTEGER;
   ALTER TABLE ledger_settlements ADD COLUMN over_reserved INTEGER;`,

  `-- Where somebody else counts what \`counts\` only keeps: which epoch of that one's all of it belongs to. One row.
   CREATE TABLE counts_epoch (only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1), epoch TEXT NOT NULL) STRICT;`,

  `CREATE INDEX sessions_by_subject ON sessions (subject, created_at_ms);`,

  `-- What callers sent and got, sealed, for a time.
   CREATE TABLE history (id TEXT PRIMARY KEY NOT NULL, expires_at_ms INTEGER NOT NULL, sealed TEXT NOT NULL) STRICT;
   CREATE INDEX history_expiry ON history (expires_at_ms);`,

  `-- What a cost depends on beside the columns of tokens: an object of JSON.
   ALTER TABLE ledger_settlements ADD COLUMN priced TEXT;
   -- What requests cost more, or less, than their settlements say; those stay as they are.
   CREATE TABLE ledger_adjustments (
     id TEXT PRIMARY KEY NOT NULL,
     request_id TEXT NOT NULL,
     made_at_ms INTEGER NOT NULL,
     micro_usd INTEGER NOT NULL,
     price_version TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX ledger_adjustments_request ON ledger_adjustments (request_id);`,

  `ALTER TABLE users ADD COLUMN issuer TEXT;`,

  `-- What each process would have to give back should it end: of each count the sum over its reservations, which it alone
   -- knows one by one. Of one that is not heard of until \`until_ms\` others give it back.
   CREATE TABLE count_holders (holder INTEGER PRIMARY KEY NOT NULL, until_ms INTEGER NOT NULL) STRICT;
   CREATE TABLE count_holds (
     holder INTEGER NOT NULL,
     key TEXT NOT NULL,
     starts_at_ms INTEGER NOT NULL,
     held INTEGER NOT NULL,
     PRIMARY KEY (holder, key, starts_at_ms)
   ) STRICT, WITHOUT ROWID;
   -- Reservations of processes that have ended: they held all of it, but the money of rows that are open, which count as
   -- reserved, and of rows that are settled, which count by what those cost.
   CREATE TEMP TABLE reserved AS
     SELECT json_extract(h.value, '$.key') AS key, json_extract(h.value, '$.startsAtMs') AS starts_at_ms,
            iif(json_extract(h.value, '$.isTaken'), json_extract(h.value, '$.amount'), 0) AS taken,
            iif(json_extract(h.value, '$.name') = 'spend', 1, 0) AS is_spend,
            i.id IS NOT NULL AS known, s.id IS NOT NULL AS settled, coalesce(s.cost_micro_usd, 0) * 1000 AS cost
     FROM reservations r, json_each(r.held) h
       LEFT JOIN ledger_intents i ON i.id = r.id LEFT JOIN ledger_settlements s ON s.id = r.id;
   UPDATE counts SET used = used + (
     SELECT coalesce(sum(iif(is_spend AND settled, cost - taken, iif(is_spend AND known, 0, -taken))), 0)
     FROM reserved WHERE reserved.key = counts.key AND reserved.starts_at_ms = counts.starts_at_ms);
   DROP TABLE reserved;
   DROP TABLE reservations;`,
];
