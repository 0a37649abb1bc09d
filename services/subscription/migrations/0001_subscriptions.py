"""The plans that runners were given, and the questions they asked."""

from shared import tables
from shared.migrate import run_script

revision = "0001"
down_revision = None

SUBSCRIPTIONS = """
CREATE TABLE subscription (
    user_id uuid PRIMARY KEY,
    plan text NOT NULL CHECK (plan IN ('free', 'pro')),
    changed_at timestamptz NOT NULL
);

CREATE TABLE question (
    user_id uuid NOT NULL,
    question_id uuid NOT NULL,
    local_date date NOT NULL,
    reserved_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('reserved', 'answered', 'failed')),
    PRIMARY KEY (user_id, question_id)
);
CREATE INDEX question_local_date ON question (user_id, local_date);
"""


def upgrade() -> None:
    for script in (tables.PERSONAL_V1, tables.AUDIT_V1, tables.IDEMPOTENCY_V1, SUBSCRIPTIONS):
        run_script(script)
