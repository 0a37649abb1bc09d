"""Links to Garmin accounts, what came over them, the ledger of everything that ever came in, and jobs of every kind."""

from shared.migrate import run_script

revision = "0002"
down_revision = "0001"

JOBS = """
ALTER TABLE import_job RENAME TO job;
ALTER TABLE import_upload RENAME TO job_upload;
ALTER TABLE import_item RENAME TO job_item;

-- first_day to last_day is the range a sync was asked for, which is done from reached_day on; connection_id the link it
-- works for, and no other.
ALTER TABLE job
    ADD COLUMN kind text NOT NULL DEFAULT 'import' CHECK (kind IN ('import', 'sync', 'replay', 'removal')),
    ADD COLUMN connection_id uuid,
    ADD COLUMN first_day date,
    ADD COLUMN last_day date,
    ADD COLUMN reached_day date;

-- An item is a file (upload, entry), an activity at Garmin (source_id), or a kept original of subject_user_id.
ALTER TABLE job_item
    ADD COLUMN source_id text,
    ADD COLUMN subject_user_id uuid,
    ADD COLUMN content_sha256 bytea,
    ADD COLUMN changes text[] NOT NULL DEFAULT '{}',
    DROP CONSTRAINT import_item_status_check,
    ADD CONSTRAINT job_item_status_check CHECK (
        status IN ('imported', 'duplicate', 'skipped', 'failed', 'updated', 'removed', 'unchanged'));
CREATE INDEX job_of_all_newest ON job (created_at DESC, job_id DESC);
CREATE UNIQUE INDEX job_item_source ON job_item (user_id, job_id, source_id) WHERE source_id IS NOT NULL;
"""

JOB_PROGRESS = """
-- Progress is asked for each second while a job of 200,000 items runs, so it is counted along, whoever writes items:
-- in counts by status.
ALTER TABLE job
    ADD COLUMN done integer NOT NULL DEFAULT 0,
    ADD COLUMN total integer NOT NULL DEFAULT 0,
    ADD COLUMN counts jsonb NOT NULL DEFAULT '{}';
CREATE FUNCTION add_counts(one jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(key, items) FILTER (WHERE items <> 0), '{}') FROM (
        SELECT key, sum(value::bigint) AS items FROM (
            SELECT * FROM jsonb_each_text(one) UNION ALL SELECT * FROM jsonb_each_text(other)
        ) AS both_sides GROUP BY key
    ) AS added
$$;
-- Counted by job and status; status is null of what is not done.
CREATE FUNCTION count_along(user_ids uuid[], job_ids uuid[], statuses text[], items bigint[]) RETURNS void
LANGUAGE sql AS $$
    UPDATE job SET done = job.done + counted.done, total = job.total + counted.total,
        counts = add_counts(job.counts, counted.counts)
    FROM (
        SELECT user_id, job_id, coalesce(sum(items) FILTER (WHERE status IS NOT NULL), 0) AS done, sum(items) AS total,
            jsonb_object_agg(status, items) FILTER (WHERE status IS NOT NULL) AS counts
        FROM unnest(user_ids, job_ids, statuses, items) AS by_status (user_id, job_id, status, items)
        GROUP BY user_id, job_id
    ) AS counted WHERE job.user_id = counted.user_id AND job.job_id = counted.job_id
$$;
SELECT count_along(array_agg(user_id), array_agg(job_id), array_agg(status), array_agg(items)) FROM (
    SELECT user_id, job_id, status, count(*) AS items FROM job_item GROUP BY user_id, job_id, status
) AS by_status;
CREATE FUNCTION count_job_items() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM count_along(array_agg(user_id), array_agg(job_id), array_agg(status), array_agg(items)) FROM (
            SELECT user_id, job_id, status, count(*) AS items FROM now_there GROUP BY user_id, job_id, status
        ) AS by_status;
    ELSIF TG_OP = 'DELETE' THEN
        PERFORM count_along(array_agg(user_id), array_agg(job_id), array_agg(status), array_agg(items)) FROM (
            SELECT user_id, job_id, status, -count(*) AS items FROM was_there GROUP BY user_id, job_id, status
        ) AS by_status;
    ELSE
        PERFORM count_along(array_agg(user_id), array_agg(job_id), array_agg(status), array_agg(items)) FROM (
            SELECT user_id, job_id, status, sum(items)::bigint AS items FROM (
                SELECT user_id, job_id, status, 1 AS items FROM now_there
                UNION ALL
                SELECT user_id, job_id, status, -1 FROM was_there
            ) AS both_sides GROUP BY user_id, job_id, status HAVING sum(items) <> 0
        ) AS by_status;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER job_item_inserted AFTER INSERT ON job_item
    REFERENCING NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION count_job_items();
CREATE TRIGGER job_item_deleted AFTER DELETE ON job_item
    REFERENCING OLD TABLE AS was_there FOR EACH STATEMENT EXECUTE FUNCTION count_job_items();
CREATE TRIGGER job_item_updated AFTER UPDATE ON job_item
    REFERENCING OLD TABLE AS was_there NEW TABLE AS now_there FOR EACH STATEMENT EXECUTE FUNCTION count_job_items();
CREATE INDEX job_item_pending ON job_item (user_id, job_id, is_zip, position) WHERE status IS NULL;
"""

# A deletion by the runner outlasts every sync; one that followed Garmin or a disconnection does not.
ACTIVITIES = """
ALTER TABLE activity
    ADD COLUMN deleted_by text CHECK (deleted_by IN ('runner', 'source', 'disconnection'));
UPDATE activity SET deleted_by = 'runner' WHERE deleted_at IS NOT NULL;

-- The Garmin account that a recording came from, None for an upload. The same bytes may come by both roads, and a file
-- that Garmin knows by one id may hold several sessions.
ALTER TABLE activity_source
    ADD COLUMN account_hash bytea,
    DROP CONSTRAINT activity_source_pkey,
    ADD PRIMARY KEY (user_id, content_sha256, session_index, road);
DROP INDEX activity_source_id;
CREATE UNIQUE INDEX activity_source_id ON activity_source (user_id, road, source_id, session_index)
    WHERE source_id IS NOT NULL;
CREATE INDEX activity_source_account ON activity_source (user_id, account_hash) WHERE account_hash IS NOT NULL;
"""

LEDGER = """
CREATE TABLE ingest_ledger (
    user_id uuid NOT NULL,
    source text NOT NULL CHECK (
        source IN ('upload', 'connect_credentials', 'personal_api_key', 'official_partner')),
    content_sha256 bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('file', 'payload')),
    source_id text,
    size_bytes bigint,
    packed boolean NOT NULL DEFAULT false,
    zone text,
    decoder text,
    outcome text NOT NULL,
    skipped_as text,
    error_code text,
    error_message text,
    activity_ids uuid[] NOT NULL DEFAULT '{}',
    warnings text[] NOT NULL DEFAULT '{}',
    original_kept boolean NOT NULL DEFAULT false,
    first_received_at timestamptz NOT NULL DEFAULT now(),
    last_received_at timestamptz NOT NULL DEFAULT now(),
    decoded_at timestamptz,
    PRIMARY KEY (user_id, source, content_sha256)
);
CREATE INDEX ingest_ledger_decoder ON ingest_ledger (decoder, user_id) WHERE original_kept;
"""

# What came in before there was a ledger, as far as it is known: not its size, nor the zone in which it was read.
LEDGER_OF_BEFORE = """
INSERT INTO ingest_ledger (user_id, source, content_sha256, kind, packed, decoder, outcome, activity_ids,
    original_kept, first_received_at, last_received_at, decoded_at)
SELECT user_id, 'upload', came.content_sha256, 'file',
       coalesce(bool_or(packed) FILTER (WHERE activity.content_sha256 = came.content_sha256), false),
       max(file_format || '/1') FILTER (WHERE activity.content_sha256 = came.content_sha256),
       'imported', array_agg(DISTINCT activity_id), bool_or(deleted_at IS NULL), min(recorded_at), max(recorded_at),
       max(recorded_at)
FROM activity_source AS came JOIN activity USING (user_id, activity_id)
GROUP BY user_id, came.content_sha256;
"""

CONNECTIONS = """
CREATE TABLE garmin_connection (
    user_id uuid PRIMARY KEY,
    connection_id uuid NOT NULL UNIQUE,
    source text NOT NULL CHECK (source IN ('connect_credentials', 'personal_api_key', 'official_partner')),
    account_hash bytea NOT NULL,
    login_hash bytea,
    account_name_sealed bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('connected', 'broken')),
    zone text NOT NULL,
    import_from date NOT NULL,
    covered datemultirange NOT NULL DEFAULT '{}',
    permissions text[] NOT NULL DEFAULT '{}',
    token_expires_at timestamptz,
    key_expires_at timestamptz,
    last_attempt_at timestamptz,
    last_success_at timestamptz,
    next_sync_at timestamptz,
    cooldown_until timestamptz,
    error_code text,
    error_message text,
    connected_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX garmin_connection_account ON garmin_connection (source, account_hash);
CREATE INDEX garmin_connection_newest ON garmin_connection (connected_at DESC, connection_id DESC);
CREATE INDEX garmin_connection_due ON garmin_connection (next_sync_at) WHERE state = 'connected';

-- Log-ins at Garmin by the keyed hash of the account's name, whoever made them.
CREATE TABLE garmin_log_in (
    login_hash bytea NOT NULL,
    kind text NOT NULL CHECK (kind IN ('typed', 'automatic', 'by_runner')),
    attempted_at timestamptz NOT NULL
);
CREATE INDEX garmin_log_in_recent ON garmin_log_in (login_hash, kind, attempted_at);
CREATE TABLE garmin_cooldown (
    login_hash bytea PRIMARY KEY,
    until timestamptz NOT NULL
);

-- A log-in that waits for its code. The process owner_id holds it; the others pass code and outcome through this row.
-- The code is there while the row is 'answered' only; attempt counts codes, and outcome belongs to the last one.
CREATE TABLE garmin_mfa_challenge (
    challenge_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'answered', 'taken', 'done')),
    attempt integer NOT NULL DEFAULT 0,
    code_sealed bytea,
    outcome jsonb,
    expires_at timestamptz NOT NULL
);
CREATE INDEX garmin_mfa_challenge_owner ON garmin_mfa_challenge (owner_id, state);

-- OAuth2 with PKCE: the verifier of a round trip through Garmin's page, by the state parameter.
CREATE TABLE garmin_oauth_state (
    state_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL,
    zone text NOT NULL,
    verifier_sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
"""

SYNCS = """
-- What Garmin was last seen to have. digest tells an edit; failures counts downloads that failed.
CREATE TABLE remote_activity (
    user_id uuid NOT NULL,
    account_hash bytea NOT NULL,
    source_id text NOT NULL,
    digest bytea NOT NULL,
    start_time timestamptz NOT NULL,
    local_date date NOT NULL,
    state text NOT NULL CHECK (state IN ('imported', 'skipped', 'failed', 'removed')),
    failures integer NOT NULL DEFAULT 0,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, account_hash, source_id)
);
CREATE INDEX remote_activity_day ON remote_activity (user_id, account_hash, local_date);

-- A row per account, so that the days of two never mix; a reader sees one of them.
CREATE TABLE wellness_day (
    user_id uuid NOT NULL,
    local_date date NOT NULL,
    account_hash bytea NOT NULL,
    source text NOT NULL,
    sleep_start timestamptz,
    sleep_end timestamptz,
    sleep_s integer,
    deep_sleep_s integer,
    light_sleep_s integer,
    rem_sleep_s integer,
    awake_s integer,
    sleep_score integer,
    hrv_rmssd_ms double precision,
    resting_heart_rate_bpm double precision,
    weight_kg double precision,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, local_date, account_hash)
);

-- Notifications as they came. The row outlives the body, so that one sent again is known.
CREATE TABLE webhook_payload (
    payload_id uuid PRIMARY KEY,
    content_sha256 bytea NOT NULL UNIQUE,
    body_sealed bytea,
    received_at timestamptz NOT NULL DEFAULT now(),
    worked_at timestamptz,
    error_code text
);
CREATE INDEX webhook_payload_worked ON webhook_payload (worked_at) WHERE body_sealed IS NULL;

-- Their elements, runner by runner, until they are worked off; the ledger remembers them afterwards.
CREATE TABLE webhook_notice (
    user_id uuid NOT NULL,
    payload_id uuid NOT NULL,
    position integer NOT NULL,
    account_hash bytea NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    content_sealed bytea NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'given_up', 'failed')),
    failures integer NOT NULL DEFAULT 0,
    error_code text,
    error_message text,
    came_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, payload_id, position)
);
CREATE INDEX webhook_notice_ended ON webhook_notice (came_at) WHERE state <> 'waiting';

CREATE TABLE backfill_request (
    user_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    summary_kind text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'requested', 'arrived', 'failed')),
    error_code text,
    requested_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, connection_id, summary_kind, first_day)
);
"""


def upgrade() -> None:
    for script in (JOBS, JOB_PROGRESS, ACTIVITIES, LEDGER, LEDGER_OF_BEFORE, CONNECTIONS, SYNCS):
        run_script(script)
