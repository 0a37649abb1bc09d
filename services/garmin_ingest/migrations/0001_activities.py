"""Activities with their streams, where they came from, and the jobs that import them."""

from shared import tables
from shared.migrate import run_script

revision = "0001"
down_revision = None

ACTIVITIES = """
CREATE TABLE activity (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    version integer NOT NULL,
    deleted_at timestamptz,
    sport text NOT NULL,
    sub_sport text,
    start_time timestamptz NOT NULL,
    utc_offset_s integer NOT NULL,
    local_date date NOT NULL,
    duration_s double precision NOT NULL,
    richness integer[] NOT NULL,
    file_format text NOT NULL,
    road text NOT NULL CHECK (road IN ('upload', 'sync')),
    source_id text,
    content_sha256 bytea NOT NULL,
    packed boolean NOT NULL,
    name_sealed bytea,
    device text,
    device_serial_sealed bytea,
    elapsed_s double precision,
    timer_s double precision,
    moving_s double precision,
    distance_m double precision,
    ascent_m double precision,
    descent_m double precision,
    average_speed_m_per_s double precision,
    average_heart_rate_bpm double precision,
    max_heart_rate_bpm double precision,
    average_cadence_spm double precision,
    average_power_w double precision,
    average_temperature_c double precision,
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, activity_id)
);
CREATE INDEX activity_newest ON activity (user_id, start_time DESC, activity_id DESC) WHERE deleted_at IS NULL;
CREATE INDEX activity_start_time ON activity (user_id, start_time);

CREATE TABLE activity_stream (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    block bytea NOT NULL,
    PRIMARY KEY (user_id, activity_id),
    FOREIGN KEY (user_id, activity_id) REFERENCES activity ON DELETE CASCADE
);
-- Blocks are compressed already.
ALTER TABLE activity_stream ALTER COLUMN block SET STORAGE EXTERNAL;

CREATE TABLE activity_source (
    user_id uuid NOT NULL,
    content_sha256 bytea NOT NULL,
    session_index integer NOT NULL,
    activity_id uuid NOT NULL,
    road text NOT NULL,
    source_id text,
    attempt text,
    recorded_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, content_sha256, session_index),
    FOREIGN KEY (user_id, activity_id) REFERENCES activity ON DELETE CASCADE
);
CREATE UNIQUE INDEX activity_source_id ON activity_source (user_id, road, source_id) WHERE source_id IS NOT NULL;
CREATE INDEX activity_source_activity ON activity_source (user_id, activity_id);

CREATE TABLE import_job (
    user_id uuid NOT NULL,
    job_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'dead')),
    zone text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    error_code text,
    error_message text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, job_id)
);
CREATE INDEX import_job_newest ON import_job (user_id, created_at DESC, job_id DESC);

CREATE TABLE import_upload (
    user_id uuid NOT NULL,
    job_id uuid NOT NULL,
    upload integer NOT NULL,
    path text NOT NULL,
    content_sha256 bytea NOT NULL,
    size_bytes bigint NOT NULL,
    PRIMARY KEY (user_id, job_id, upload),
    FOREIGN KEY (user_id, job_id) REFERENCES import_job ON DELETE CASCADE
);

CREATE TABLE import_item (
    user_id uuid NOT NULL,
    job_id uuid NOT NULL,
    position integer NOT NULL,
    upload integer,
    entry text,
    is_zip boolean NOT NULL,
    file_name_sealed bytea NOT NULL,
    status text CHECK (status IN ('imported', 'duplicate', 'skipped', 'failed')),
    activity_ids uuid[] NOT NULL DEFAULT '{}',
    kind text,
    error_code text,
    error_message text,
    PRIMARY KEY (user_id, job_id, position),
    FOREIGN KEY (user_id, job_id) REFERENCES import_job ON DELETE CASCADE
);
CREATE INDEX import_item_failed ON import_item (user_id, job_id, position) WHERE status = 'failed';
"""


def upgrade() -> None:
    for script in (
        tables.PERSONAL_V1,
        tables.AUDIT_V1,
        tables.IDEMPOTENCY_V1,
        tables.EVENTS_V1,
        tables.job_queue_v1(),
        ACTIVITIES,
    ):
        run_script(script)
