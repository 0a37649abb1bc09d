"""A right body for every public operation that takes one; what is wrong with a request is tried from here."""

from __future__ import annotations

import datetime as dt

from tests.support.client import PASSWORD

# Notes must begin within two years of today.
TODAY = dt.datetime.now(dt.UTC).date().isoformat()

BODIES: dict[str, dict] = {
    "POST /api/v1/auth/signup": {"email": "new@example.com", "password": PASSWORD, "timezone": "UTC"},
    "POST /api/v1/auth/login": {"email": "new@example.com", "password": PASSWORD},
    "POST /api/v1/auth/refresh": {"refreshToken": "x" * 40},
    "PATCH /api/v1/me": {"displayName": "Ada", "timezone": "UTC"},
    "PATCH /api/v1/athlete": {"weightKg": 70.5, "units": "km", "birthYear": 1980},
    "POST /api/v1/garmin/connection": {"kind": "credentials", "username": "ada@example.com", "password": "secret"},
    "POST /api/v1/garmin/connection/mfa": {"challengeId": "0199f3a0-0000-7000-8000-000000000000", "code": "123456"},
    "POST /api/v1/insights/context": {"kind": "travel", "text": "At sea", "from": TODAY, "to": None},
    "PATCH /api/v1/insights/context/{note_id}": {"to": TODAY},
    "POST /api/v1/insights/evaluate": {
        "insightId": "0199f3a0-0000-7000-8000-000000000000",
        "verdict": "helpful",
    },
    "POST /api/v1/training-plans": {"goal": "fitness", "daysPerWeek": 3, "longRunDay": "sunday"},
    "POST /api/v1/training-plans/what-if": {"goal": {"goal": "fitness", "daysPerWeek": 3, "longRunDay": "saturday"}},
    "PATCH /api/v1/training-plans/active/workouts/{workout_id}": {"status": "skipped"},
    "POST /api/v1/chat": {"message": "Analyze my last run"},
}
# Operations that change something and take no JSON or can do without it, or only an administrator's.
WITHOUT_BODY = {
    "POST /api/v1/auth/logout",
    "DELETE /api/v1/auth/sessions/{session_id}",
    "POST /api/v1/activities/import",
    "DELETE /api/v1/activities/{activity_id}",
    "POST /api/v1/garmin/connection/check",
    "DELETE /api/v1/garmin/connection",
    "POST /api/v1/garmin/sync",
    "POST /api/v1/webhooks/garmin/{secret}",
    "DELETE /api/v1/conversations/{conversation_id}",
    "DELETE /api/v1/insights/context/{note_id}",
    "DELETE /api/v1/memory/{memory_id}",
    "DELETE /api/v1/training-plans/active",
    "POST /api/v1/training-plans/active/calendar-link",
    "DELETE /api/v1/training-plans/active/calendar-link",
    "PUT /api/v1/admin/users/{user_id}/plan",
    "POST /api/v1/admin/dead-letters/{dead_letter}/retry",
    "POST /api/v1/admin/ingest/replay",
}
