"""THE table: every address that can be reached from outside, and nothing else can.

A row says which service answers, who may call, which limit counts the call, how long it may take, how much it may
bring, and which other services the answering one may call on the user's behalf.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MIB = 1024 * 1024

Access = Literal["public", "user", "admin"]
Limit = Literal["address", "sign_up", "log_in", "user", "chat", "garmin", "webhook"]


@dataclass(frozen=True, slots=True)
class Row:
    """``body_limit`` is in bytes, ``deadline_s`` covers the whole request, its body included.

    ``events_s`` is how long an answer may go on that began in time and is told as server-sent events.
    """

    method: str
    path: str
    service: str
    access: Access = "user"
    limit: Limit = "user"
    deadline_s: float = 10.0
    events_s: float = 0.0
    body_limit: int = MIB
    onward: tuple[str, ...] = ()


_V1 = "/api/v1"
IMPORT_PATH = f"{_V1}/activities/import"

TABLE: tuple[Row, ...] = (
    Row("POST", f"{_V1}/auth/signup", "auth", access="public", limit="sign_up"),
    Row("POST", f"{_V1}/auth/login", "auth", access="public", limit="log_in"),
    Row("POST", f"{_V1}/auth/refresh", "auth", access="public", limit="address"),
    Row("POST", f"{_V1}/auth/logout", "auth"),
    Row("GET", f"{_V1}/auth/sessions", "auth"),
    Row("DELETE", f"{_V1}/auth/sessions/{{session_id}}", "auth"),
    Row("GET", f"{_V1}/me", "auth"),
    Row("PATCH", f"{_V1}/me", "auth"),
    Row("GET", "/.well-known/jwks.json", "auth", access="public", limit="address"),
    Row("GET", f"{_V1}/garmin/connection", "garmin_ingest"),
    # A log-in at Garmin takes several round trips to a service that is often slow.
    Row("POST", f"{_V1}/garmin/connection", "garmin_ingest", limit="garmin", deadline_s=40.0),
    Row("POST", f"{_V1}/garmin/connection/mfa", "garmin_ingest", limit="garmin", deadline_s=40.0),
    Row("POST", f"{_V1}/garmin/connection/check", "garmin_ingest", limit="garmin"),
    Row("DELETE", f"{_V1}/garmin/connection", "garmin_ingest"),
    Row("GET", f"{_V1}/garmin/oauth/start", "garmin_ingest", limit="garmin"),
    Row("GET", f"{_V1}/garmin/oauth/callback", "garmin_ingest", limit="garmin", deadline_s=40.0),
    Row("POST", f"{_V1}/garmin/sync", "garmin_ingest", limit="garmin"),
    Row("GET", f"{_V1}/wellness", "garmin_ingest"),
    Row(
        "POST",
        f"{_V1}/webhooks/garmin/{{secret}}",
        "garmin_ingest",
        access="public",
        limit="webhook",
        deadline_s=60.0,
        body_limit=100 * MIB,
    ),
    # One file may have 64 MiB and an archive 2 GiB; who sends that over a slow line gets half an hour.
    Row("POST", IMPORT_PATH, "garmin_ingest", deadline_s=1800.0, body_limit=2049 * MIB),
    Row("GET", f"{_V1}/activities", "garmin_ingest"),
    Row("GET", f"{_V1}/activities/{{activity_id}}", "garmin_ingest"),
    Row("DELETE", f"{_V1}/activities/{{activity_id}}", "garmin_ingest"),
    Row("GET", f"{_V1}/activities/{{activity_id}}/streams", "garmin_ingest"),
    Row("GET", f"{_V1}/activities/{{activity_id}}/export.fit", "garmin_ingest", deadline_s=120.0),
    Row("GET", f"{_V1}/jobs", "garmin_ingest"),
    Row("GET", f"{_V1}/jobs/{{job_id}}", "garmin_ingest", events_s=300.0),
    Row("GET", f"{_V1}/athlete", "coach_agent", onward=("garmin_ingest",)),
    Row("PATCH", f"{_V1}/athlete", "coach_agent", onward=("garmin_ingest",)),
    Row("GET", f"{_V1}/activities/{{activity_id}}/analysis", "coach_agent", onward=("garmin_ingest",)),
    Row("GET", f"{_V1}/fitness", "coach_agent", onward=("garmin_ingest",)),
    Row("POST", f"{_V1}/training-plans", "coach_agent", onward=("garmin_ingest",)),
    Row("POST", f"{_V1}/training-plans/what-if", "coach_agent", onward=("garmin_ingest",)),
    Row("GET", f"{_V1}/training-plans/active", "coach_agent", onward=("garmin_ingest",)),
    Row("DELETE", f"{_V1}/training-plans/active", "coach_agent"),
    Row("GET", f"{_V1}/training-plans/active/calendar.ics", "coach_agent", onward=("garmin_ingest",)),
    Row("POST", f"{_V1}/training-plans/active/calendar-link", "coach_agent"),
    Row("DELETE", f"{_V1}/training-plans/active/calendar-link", "coach_agent"),
    # For calendar apps, which cannot sign in: the address is the secret.
    Row("GET", f"{_V1}/training-plans/feeds/{{secret}}/calendar.ics", "coach_agent", access="public", limit="address"),
    Row("PATCH", f"{_V1}/training-plans/active/workouts/{{workout_id}}", "coach_agent", onward=("garmin_ingest",)),
    Row(
        "GET",
        f"{_V1}/training-plans/active/workouts/{{workout_id}}/workout.fit",
        "coach_agent",
        onward=("garmin_ingest",),
    ),
    Row("POST", f"{_V1}/chat", "coach_agent", limit="chat", deadline_s=40.0, onward=("garmin_ingest", "subscription")),
    Row("GET", f"{_V1}/conversations", "coach_agent"),
    Row("GET", f"{_V1}/conversations/{{conversation_id}}", "coach_agent"),
    Row("DELETE", f"{_V1}/conversations/{{conversation_id}}", "coach_agent"),
    Row("POST", f"{_V1}/insights/context", "coach_agent"),
    Row("GET", f"{_V1}/insights/context", "coach_agent"),
    Row("PATCH", f"{_V1}/insights/context/{{note_id}}", "coach_agent"),
    Row("DELETE", f"{_V1}/insights/context/{{note_id}}", "coach_agent"),
    Row("GET", f"{_V1}/insights/daily", "coach_agent", onward=("garmin_ingest",)),
    Row("POST", f"{_V1}/insights/evaluate", "coach_agent"),
    Row("GET", f"{_V1}/memory", "coach_agent", onward=("garmin_ingest",)),
    Row("DELETE", f"{_V1}/memory/{{memory_id}}", "coach_agent", onward=("garmin_ingest",)),
    Row("GET", f"{_V1}/charts/{{chart_id}}", "coach_agent", deadline_s=20.0, onward=("garmin_ingest",)),
    Row("GET", f"{_V1}/subscription/plans", "subscription", access="public", limit="address"),
    Row("GET", f"{_V1}/subscription", "subscription"),
    Row("PUT", f"{_V1}/admin/users/{{user_id}}/plan", "subscription", access="admin"),
    Row("GET", f"{_V1}/admin/evaluations", "coach_agent", access="admin"),
    Row("GET", f"{_V1}/admin/jobs", "garmin_ingest", access="admin"),
    Row("GET", f"{_V1}/admin/dead-letters", "garmin_ingest", access="admin"),
    Row("POST", f"{_V1}/admin/dead-letters/{{dead_letter}}/retry", "garmin_ingest", access="admin"),
    Row("POST", f"{_V1}/admin/ingest/replay", "garmin_ingest", access="admin"),
    Row("GET", f"{_V1}/admin/garmin-connections", "garmin_ingest", access="admin"),
    Row("GET", f"{_V1}/admin/costs", "coach_agent", access="admin"),
)
