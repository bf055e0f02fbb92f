/** The directory: what operators keep. A step of the schema. */
export const DIRECTORY_STEP = `
CREATE TABLE sluice.directory (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  version BIGINT NOT NULL,
  token TEXT NOT NULL,
  -- By what machines know that they have the same secret, and that secret for those that do not have it yet.
  secret_mark TEXT,
  sealed_secret TEXT,
  -- The end of the audit log, so that one lock orders changes and their rows.
  audit_seq BIGINT,
  audit_hash TEXT,
  audit_mac TEXT
);
-- Every version that there ever was: a copy that is at another one is of another history.
CREATE TABLE sluice.directory_versions (version BIGINT PRIMARY KEY, token TEXT NOT NULL);
INSERT INTO sluice.directory_versions VALUES (0, gen_random_uuid()::text);
INSERT INTO sluice.directory (only_row, version, token) SELECT 1, version, token FROM sluice.directory_versions;

-- \`version\` of a row is that of its last change.
CREATE TABLE sluice.orgs (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  disabled_at_ms BIGINT,
  metadata JSON,
  version BIGINT NOT NULL
);
CREATE INDEX orgs_version ON sluice.orgs (version);
INSERT INTO sluice.orgs (id, name, created_at_ms, version)
  VALUES ('default', 'default', (extract(epoch FROM now()) * 1000)::bigint, 0);
CREATE TABLE sluice.teams (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  disabled_at_ms BIGINT,
  metadata JSON,
  version BIGINT NOT NULL
);
CREATE INDEX teams_version ON sluice.teams (version);
CREATE TABLE sluice.users (
  id TEXT PRIMARY KEY,
  org TEXT NOT NULL,
  team TEXT,
  kind TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  subject TEXT,
  created_at_ms BIGINT NOT NULL,
  disabled_at_ms BIGINT,
  metadata JSON,
  version BIGINT NOT NULL
);
CREATE INDEX users_version ON sluice.users (version);
CREATE TABLE sluice.keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  last4 TEXT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT,
  revoked_at_ms BIGINT,
  tenant TEXT NOT NULL,
  team TEXT,
  "user" TEXT,
  role TEXT NOT NULL,
  models JSON,
  routes JSON,
  tools JSON,
  ips JSON,
  retiring JSON,
  limits JSON,
  profile TEXT,
  budget JSON,
  metadata JSON,
  version BIGINT NOT NULL
);
CREATE INDEX keys_version ON sluice.keys (version);
CREATE TABLE sluice.settings (
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  value JSON NOT NULL,
  changed_at_ms BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind, name)
);
CREATE INDEX settings_version ON sluice.settings (version);
-- What is gone, for copies that still have it.
CREATE TABLE sluice.directory_removed (
  record_of TEXT NOT NULL,
  key TEXT[] NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (record_of, key)
);
CREATE INDEX directory_removed_version ON sluice.directory_removed (version);

-- What operators did. Each row holds the hash of the one before.
CREATE TABLE sluice.audit (
  seq BIGINT PRIMARY KEY,
  at_ms BIGINT NOT NULL,
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
);
CREATE FUNCTION sluice.keep_audit() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON sluice.audit
  FOR EACH STATEMENT EXECUTE FUNCTION sluice.keep_audit();
`;

/** Who names a user's subject. */
export const ISSUER_STEP = 'ALTER TABLE sluice.users ADD COLUMN issuer TEXT';
