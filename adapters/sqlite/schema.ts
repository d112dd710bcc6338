/**
 * Tables of the embedded store. STRICT makes the column types a promise that reads may rely on.
 * AUTOINCREMENT: a change number is never used twice, even after the feed was trimmed.
 */
export const SCHEMA = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    version INTEGER NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    gpk TEXT,
    gsk TEXT,
    wake TEXT,
    wake_at INTEGER,
    expires_at INTEGER,
    PRIMARY KEY (pk, sk)
  ) STRICT, WITHOUT ROWID;

  CREATE INDEX IF NOT EXISTS items_sparse ON items (gpk, gsk) WHERE gpk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_expiry ON items (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    event TEXT NOT NULL,
    old TEXT,
    new TEXT
  ) STRICT;

  CREATE TABLE IF NOT EXISTS checkpoints (
    consumer TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
