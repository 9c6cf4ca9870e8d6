"""The tables. Every secret in them is a digest; times are seconds since the epoch.

Accounts are found by the SHA-256 of the e-mail address: exactly, whatever a database's collation folds, and however
long or odd what was typed may be. `password_attempts` counts by it for known and unknown addresses alike: `counted`
only grows, and so numbers the attempts; those up to `forgotten` are no failures any more. A challenge is `suspended_by`
the attempt that began a lock.
"""

SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, address_key TEXT NOT NULL UNIQUE, email TEXT NOT NULL, password_hash TEXT NOT NULL,
    organization TEXT NOT NULL, role TEXT NOT NULL, status TEXT NOT NULL,
    mfa_enabled BOOLEAN NOT NULL, contact_channel TEXT, contact_address TEXT, clock BIGINT,
    otp_failures INTEGER NOT NULL, otp_failures_across_locks INTEGER NOT NULL,
    otp_locked_until DOUBLE PRECISION, code_sent_at DOUBLE PRECISION);
CREATE TABLE IF NOT EXISTS password_attempts (
    address_key TEXT PRIMARY KEY, failures INTEGER NOT NULL, counted INTEGER NOT NULL, forgotten INTEGER NOT NULL,
    locked_until DOUBLE PRECISION);
CREATE TABLE IF NOT EXISTS challenges (
    token_digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, client_id TEXT NOT NULL, otp_digest TEXT NOT NULL,
    otp_expires_at DOUBLE PRECISION NOT NULL, expires_at DOUBLE PRECISION NOT NULL,
    failures INTEGER NOT NULL, suspended_by TEXT);
CREATE INDEX IF NOT EXISTS challenges_by_user ON challenges (user_id);
CREATE TABLE IF NOT EXISTS sessions (
    jti TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_at DOUBLE PRECISION NOT NULL);
CREATE INDEX IF NOT EXISTS sessions_by_user ON sessions (user_id);
CREATE TABLE IF NOT EXISTS reset_tokens (
    token_digest TEXT PRIMARY KEY, user_id TEXT NOT NULL, expires_at DOUBLE PRECISION NOT NULL);
CREATE INDEX IF NOT EXISTS reset_tokens_by_user ON reset_tokens (user_id);
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY, channel TEXT NOT NULL, address TEXT NOT NULL, subject TEXT, body TEXT NOT NULL,
    sent_at DOUBLE PRECISION NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_address ON messages (address);
CREATE TABLE IF NOT EXISTS outages (address TEXT PRIMARY KEY);
"""
# Where INTEGER PRIMARY KEY alone does not number the rows.
POSTGRESQL_SCHEMA = SCHEMA.replace("number INTEGER", "number INTEGER GENERATED ALWAYS AS IDENTITY")
