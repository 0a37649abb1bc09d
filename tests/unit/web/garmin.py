"""A Garmin account and its jobs as garmin_ingest gives them, for the views."""

from __future__ import annotations

from collections import Counter
from typing import Any

JOB = "0199aaaa-0000-7000-8000-00000000000f"
SOURCES = [
    {"kind": "credentials", "available": True, "note": None},
    {"kind": "personalApiKey", "available": True, "note": None},
    {"kind": "officialPartner", "available": False, "note": "This Pace42 is not a partner of Garmin."},
]


def connection(**changes: Any) -> dict[str, Any]:
    """``GET /garmin/connection`` of nobody, with ``changes``."""
    unknown = (
        *("source", "accountName", "connectedAt", "lastSyncAt", "lastAttemptAt", "nextSyncAt", "cooldownUntil"),
        *("newestActivityAt", "freshness", "credentialHealth", "tokenExpiresAt", "keyExpiresAt", "importFrom"),
        *("error", "syncJobId"),
    )
    return {"status": "not_connected", **dict.fromkeys(unknown), "gaps": [], "sources": SOURCES, **changes}


def connected(**changes: Any) -> dict[str, Any]:
    """An account that works, as it is at six (UTC) on 20 November 2026."""
    return connection(
        **{
            "status": "connected",
            "source": "credentials",
            "accountName": "a***@example.com",
            "connectedAt": "2026-11-01T08:00:00Z",
            "lastSyncAt": "2026-11-20T05:48:00Z",
            "lastAttemptAt": "2026-11-20T05:48:00Z",
            "nextSyncAt": "2026-11-20T11:48:00Z",
            "newestActivityAt": "2026-11-19T17:30:00Z",
            "freshness": "fresh",
            "credentialHealth": "valid",
            "tokenExpiresAt": "2026-11-21T06:00:00Z",
            "importFrom": "2025-11-20",
            **changes,
        }
    )


def job(**changes: Any) -> dict[str, Any]:
    """``GET /jobs/{id}`` of a sync that fetches the third of nine runs."""
    fields: dict[str, Any] = {
        "id": JOB,
        "kind": "sync",
        "state": "running",
        "progress": {"done": 2, "total": 9},
        "items": [],
        "attempts": 1,
        "nextRetryAt": None,
        "error": None,
        "createdAt": "2026-11-20T05:59:00Z",
        **changes,
    }
    return {"counts": Counter(item["status"] for item in fields["items"]), **fields}


def outcome(status: str, **changes: Any) -> dict[str, Any]:
    """An item of a job."""
    return {"fileName": f"{status}.fit", "status": status, "activityId": None, "activityIds": [], **changes}
