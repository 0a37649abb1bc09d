"""What runs meant to their runner, fitness, plans, insights, and what language models cost."""

from shared.migrate import run_script

revision = "0002"
down_revision = "0001"

READINGS = """
-- What a run's metrics meant with the inputs of the time (zones, profile, formula), and what they meant before those
-- changed: so that a figure that moved can be explained.
CREATE TABLE run_reading (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    inputs jsonb NOT NULL,
    figures jsonb NOT NULL,
    earlier jsonb,
    read_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, activity_id)
);
"""

HISTORY = """
-- What ten years of a runner are read from with one statement. best_times is a big-endian float4 for each distance of
-- RECORD_DISTANCES_M (domain/runs/metrics.py), in its order; NaN where there is no such effort.
ALTER TABLE run_metrics
    ADD COLUMN distance_m double precision,
    ADD COLUMN moving_s double precision,
    ADD COLUMN timer_s double precision,
    ADD COLUMN ascent_m double precision,
    ADD COLUMN average_heart_rate_bpm double precision,
    ADD COLUMN grade_adjusted_factor double precision,
    ADD COLUMN heart_rate_coverage double precision,
    ADD COLUMN has_position boolean,
    ADD COLUMN best_times bytea;
CREATE INDEX run_metrics_formula ON run_metrics (formula_version, measured_at);
"""

HISTORY_OF_BEFORE = """
UPDATE run_metrics SET
    distance_m = (figures #>> '{activity,distance_m}')::double precision,
    moving_s = CASE
        WHEN coalesce((figures #>> '{activity,moving_s}')::double precision, 0) = 0
            OR sport = 'running' AND (figures #>> '{activity,distance_m}')::double precision
                > 8 * (figures #>> '{activity,moving_s}')::double precision
        THEN (figures #>> '{activity,timer_s}')::double precision
        ELSE (figures #>> '{activity,moving_s}')::double precision END,
    timer_s = (figures #>> '{activity,timer_s}')::double precision,
    ascent_m = (figures #>> '{activity,ascent_m}')::double precision,
    average_heart_rate_bpm = (figures #>> '{activity,average_heart_rate_bpm}')::double precision,
    grade_adjusted_factor = (figures #>> '{measured,grade_adjusted_factor}')::double precision,
    heart_rate_coverage = (figures #>> '{measured,heart_rate_coverage}')::double precision,
    has_position = NOT coalesce(figures -> 'missing' @> '["position"]', false)
        AND coalesce(figures #>> '{activity,sub_sport}', '')
            NOT IN ('treadmill', 'indoor_running', 'virtual_activity', 'virtual_run'),
    best_times = (
        SELECT string_agg(float4send(coalesce((figures #>> ARRAY['bestTimesS', metres])::real, 'NaN')), ''::bytea
            ORDER BY place)
        FROM unnest(ARRAY['400', '800', '1000', '1609', '3000', '5000', '10000', '15000', '21098', '42195'])
            WITH ORDINALITY AS distance (metres, place));
"""

FITNESS = """
-- Activities that were heard of and are not measured yet, so that an answer can say that measuring is under way.
CREATE TABLE unmeasured_activity (
    user_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (user_id, activity_id)
);

-- One row a runner: days, weeks and the figures of today, good for as long as stamp is. The zone is that in which they
-- asked last, so that a worker knows what day it is for them. Figures are json, as jsonb would lose the order of what
-- is said to be missing.
CREATE TABLE fitness_state (
    user_id uuid PRIMARY KEY,
    stamp text NOT NULL,
    zone text NOT NULL,
    figures json NOT NULL,
    days bytea NOT NULL,
    weeks bytea NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now()
);
"""

PLANS = """
-- The plan with its weeks and its changes is one sealed document, as its sentences speak of the runner's health. The
-- stamp says what it was adapted to, null after a change that no adaptation has seen; adapt_at is its next night.
CREATE TABLE plan (
    user_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    active boolean NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    first_day date NOT NULL,
    last_day date NOT NULL,
    document_sealed bytea NOT NULL,
    stamp text,
    adapt_at timestamptz,
    made_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, plan_id)
);
CREATE INDEX plan_adapt_at ON plan (adapt_at) WHERE active;
CREATE UNIQUE INDEX plan_active ON plan (user_id) WHERE active;

-- The address of a runner's calendar is secret, and only its hash is kept.
CREATE TABLE plan_feed (
    user_id uuid PRIMARY KEY,
    secret_hash bytea NOT NULL UNIQUE,
    made_at timestamptz NOT NULL DEFAULT now()
);
"""

INSIGHTS = """
CREATE TABLE context_note (
    user_id uuid NOT NULL,
    note_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('injury', 'illness', 'travel', 'race', 'note')),
    text_sealed bytea NOT NULL,
    first_day date NOT NULL,
    last_day date,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, note_id)
);

CREATE TABLE insight (
    user_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    day date NOT NULL,
    rule text NOT NULL,
    document_sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, insight_id)
);

CREATE INDEX insight_day ON insight (user_id, day);

-- evaluation_id orders them for the operators; a runner who thinks again gets a new one.
CREATE TABLE evaluation (
    user_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    evaluation_id uuid NOT NULL UNIQUE,
    verdict text NOT NULL CHECK (verdict IN ('helpful', 'wrong', 'ignored')),
    text_sealed bytea,
    subject text NOT NULL,
    rule text NOT NULL,
    evaluated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, insight_id)
);

-- What the coach remembers is concluded from notes and runs whenever it is read; what a runner deleted stays away.
CREATE TABLE forgotten_memory (
    user_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    forgotten_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, memory_id)
);
"""

MODELS = """
CREATE TABLE model_usage (
    user_id uuid NOT NULL,
    day date NOT NULL,
    model text NOT NULL,
    requests integer NOT NULL DEFAULT 0,
    input_tokens bigint NOT NULL DEFAULT 0,
    output_tokens bigint NOT NULL DEFAULT 0,
    cost_micro_usd bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, day, model)
);
CREATE INDEX model_usage_day ON model_usage (day);
"""


CHAT = """
-- What the question was understood to ask for, so that the next one can carry on from it.
ALTER TABLE message ADD COLUMN intent_sealed bytea;
"""

CHARTS = """
-- Charts of days rather than of activities: local dates, both included.
ALTER TABLE chart ADD COLUMN first_day date, ADD COLUMN last_day date;
ALTER TABLE chart DROP CONSTRAINT chart_subject;
ALTER TABLE chart ADD CONSTRAINT chart_subject
    UNIQUE NULLS NOT DISTINCT (user_id, kind, activity_ids, first_day, last_day);
"""


def upgrade() -> None:
    for script in (READINGS, HISTORY, HISTORY_OF_BEFORE, FITNESS, PLANS, INSIGHTS, MODELS, CHAT, CHARTS):
        run_script(script)
