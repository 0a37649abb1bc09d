"""Accounts, their sessions, and the feed of what changes tokens already given out."""

from shared import tables
from shared.migrate import run_script

revision = "0001"
down_revision = None

ACCOUNTS = """
CREATE TABLE account (
    user_id uuid PRIMARY KEY,
    email_hash bytea NOT NULL CONSTRAINT account_email UNIQUE,
    email_sealed bytea NOT NULL,
    display_name_sealed bytea,
    zone text NOT NULL,
    roles text[] NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE session (
    session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    salt bytea NOT NULL,
    generation integer NOT NULL,
    created_at timestamptz NOT NULL,
    rotated_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    device_sealed bytea NOT NULL
);
CREATE INDEX session_user_id ON session (user_id, rotated_at DESC);

CREATE TABLE revocation (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('session_revoked', 'claims_changed')),
    user_id uuid NOT NULL,
    session_id uuid,
    roles text[] NOT NULL,
    zone text,
    recorded_at timestamptz NOT NULL DEFAULT now()
);
"""


def upgrade() -> None:
    for script in (tables.PERSONAL_V1, tables.AUDIT_V1, tables.IDEMPOTENCY_V1, ACCOUNTS):
        run_script(script)
