"""What runs meant to their runner, fitness, plans, insights, memory, and what language models cost."""

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

FITNESS = """
-- One row a runner: the daily series and the windows of 7 days, 28 days and 12 weeks, good for as long as stamp is.
CREATE TABLE fitness_state (
    user_id uuid PRIMARY KEY,
    stamp text NOT NULL,
    windows jsonb NOT NULL,
    series bytea NOT NULL,
    computed_at timestamptz NOT NULL DEFAULT now()
);
"""

PLANS = """
-- The plan with its weeks and its changes is one sealed document, as its sentences speak of the runner's health.
CREATE TABLE plan (
    user_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    active boolean NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    zone text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    document_sealed bytea NOT NULL,
    adapted_on date,
    made_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, plan_id)
);
CREATE UNIQUE INDEX plan_active ON plan (user_id) WHERE active;
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

CREATE TABLE evaluation (
    user_id uuid NOT NULL,
    insight_id uuid NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('helpful', 'wrong', 'ignored')),
    text_sealed bytea,
    subject text NOT NULL,
    rule text NOT NULL,
    evaluated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, insight_id)
);

CREATE TABLE coach_event (
    user_id uuid NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    day date NOT NULL,
    document_sealed bytea NOT NULL,
    happened_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, event_id)
);

CREATE TABLE memory (
    user_id uuid NOT NULL,
    memory_id uuid NOT NULL,
    kind text NOT NULL,
    document_sealed bytea NOT NULL,
    remembered_at timestamptz NOT NULL,
    forgotten_at timestamptz,
    PRIMARY KEY (user_id, memory_id)
);
"""

MODELS = """
CREATE TABLE model_usage (
    user_id uuid NOT NULL,
    day date NOT NULL,
    model text NOT NULL,
    questions integer NOT NULL DEFAULT 0,
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


def upgrade() -> None:
    for script in (READINGS, FITNESS, PLANS, INSIGHTS, MODELS, CHAT):
        run_script(script)
