"""Tables that every service has in its own database, as the statements its first migration runs.

A statement here is frozen once released: a later change is a new constant and a new migration in each service.
"""

from __future__ import annotations

IDEMPOTENCY_V1 = """
CREATE TABLE idempotency_key (
    user_id uuid NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status smallint,
    headers jsonb,
    body bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
"""

PERSONAL_V1 = """
CREATE TABLE user_key (
    user_id uuid PRIMARY KEY,
    wrapped_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
"""

AUDIT_V1 = """
CREATE TABLE audit_record (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    action text NOT NULL,
    actor text NOT NULL,
    user_id uuid,
    request_id text,
    details jsonb NOT NULL,
    previous_digest bytea,
    digest bytea
);
CREATE INDEX audit_record_user_id ON audit_record (user_id, sequence);
"""

# Deliveries of a job that made no progress, counted before the work so that a job which kills its worker is caught.
JOBS_V1 = """
CREATE TABLE job_delivery (
    job_id bigint PRIMARY KEY,
    deliveries integer NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now()
);
"""

EVENTS_V1 = """
CREATE TABLE event_seen (
    event_id uuid PRIMARY KEY,
    seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE aggregate_version (
    user_id uuid NOT NULL,
    aggregate text NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (user_id, aggregate)
);
CREATE TABLE erased_user (
    user_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);
"""


def job_queue_v1() -> str:
    """The queue's own tables, as pgqueuer declares them, followed by ours beside them."""
    from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment

    return QueryBuilderEnvironment().build_install_query() + JOBS_V1
