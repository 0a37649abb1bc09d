"""Runners' profiles, the metrics of their activities, conversations and charts."""

from shared import tables
from shared.migrate import run_script

revision = "0001"
down_revision = None

COACH = """
CREATE TABLE athlete (
    user_id uuid PRIMARY KEY,
    profile_sealed bytea NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE run_metrics (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    activity_version bigint NOT NULL,
    formula_version integer NOT NULL,
    sport text NOT NULL,
    local_date date NOT NULL,
    figures jsonb NOT NULL,
    histogram bytea NOT NULL,
    trace bytea,
    measured_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, activity_id)
);
CREATE INDEX run_metrics_local_date ON run_metrics (user_id, sport, local_date);

CREATE TABLE deleted_activity (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (user_id, activity_id)
);

CREATE TABLE data_version (
    user_id uuid PRIMARY KEY,
    version bigint NOT NULL
);

CREATE TABLE conversation (
    user_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    title_sealed bytea NOT NULL,
    started_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, conversation_id)
);

CREATE TABLE message (
    user_id uuid NOT NULL,
    conversation_id uuid NOT NULL,
    message_id uuid NOT NULL,
    question_sealed bytea NOT NULL,
    reply_sealed bytea NOT NULL,
    answered_by text NOT NULL,
    subject uuid,
    asked_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, conversation_id, message_id),
    FOREIGN KEY (user_id, conversation_id) REFERENCES conversation ON DELETE CASCADE
);

CREATE TABLE chart (
    user_id uuid NOT NULL,
    chart_id uuid NOT NULL,
    kind text NOT NULL,
    activity_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, chart_id),
    CONSTRAINT chart_subject UNIQUE (user_id, kind, activity_ids)
);
"""


def upgrade() -> None:
    for script in (
        tables.PERSONAL_V1,
        tables.AUDIT_V1,
        tables.IDEMPOTENCY_V1,
        tables.EVENTS_V1,
        tables.job_queue_v1(),
        COACH,
    ):
        run_script(script)
