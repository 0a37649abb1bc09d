"""Whether a runner's data is arriving: the answer of ``GET /garmin/connection`` in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.moments import Moments

# garmin_ingest takes one sync by itself in this time; asking more often would only be refused.
_ASK_AGAIN = dt.timedelta(minutes=10)
# Before the first watch of Garmin's that recorded runs.
EVERYTHING_FROM = dt.date(2003, 1, 1)
# A last try this close to the last success was that success.
_SAME_TRY = dt.timedelta(minutes=1)

_KINDS = {
    "credentials": "connected by log-in",
    "personalApiKey": "connected by your own API key",
    "officialPartner": "connected on Garmin's own page",
}
_HEALTH = {
    "valid": "Works",
    "expiring": "Ends soon",
    "expired": "Has ended",
    "refused": "Refused by Garmin",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """``detail`` is set quietly beside ``text``."""

    label: str
    text: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Days that were not fetched; ``first`` and ``last`` as a form sends them."""

    first: str
    last: str
    words: str
    length: str


@dataclass(frozen=True, slots=True)
class Way:
    """A way to connect. ``note`` says why it cannot be taken."""

    kind: str
    available: bool
    note: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """``state`` is one of none, fresh, stale, broken, waiting, busy; ``word`` says the same.

    ``sync_due`` says that a page which opens should ask for what is new; ``ending``, that what opens the account ends
    soon or has ended, so that the runner should renew it.
    """

    state: str
    word: str
    headline: str
    explanation: str
    line: str
    facts: tuple[Fact, ...]
    gaps: tuple[Gap, ...]
    ways: tuple[Way, ...]
    job_id: str | None
    sync_due: bool
    ending: bool

    @property
    def connected(self) -> bool:
        return self.state != "none"

    @property
    def wants_connecting(self) -> bool:
        return self.ending or self.state in {"none", "broken"}

    @property
    def may_sync(self) -> bool:
        return self.state in {"fresh", "stale"}

    @classmethod
    def of(cls, answer: Mapping[str, Any], moments: Moments) -> SourceView:
        state = _state(answer)
        headline, explanation = _said(state, answer, moments)
        return cls(
            state=state,
            word="Connected" if state == "fresh" and not answer.get("lastSyncAt") else _STATES[state],
            headline=headline,
            explanation=explanation,
            line=_line(state, answer, moments),
            facts=tuple(_facts(answer, moments)) if state != "none" else (),
            # Days that are being fetched right now are no gap to be told of.
            gaps=() if state == "busy" else tuple(_gap(gap, moments) for gap in answer.get("gaps") or ()),
            ways=_ways(answer.get("sources") or (), answer.get("source")),
            job_id=answer.get("syncJobId"),
            sync_due=state in {"fresh", "stale"} and _is_due(answer, moments),
            ending=answer.get("credentialHealth") in {"expiring", "expired", "refused"},
        )


_STATES = {
    "none": "Not connected",
    "fresh": "Up to date",
    "stale": "Out of date",
    "broken": "Not working",
    "waiting": "Waiting for Garmin",
    "busy": "Fetching now",
}


def _state(answer: Mapping[str, Any]) -> str:
    status, freshness = answer["status"], answer.get("freshness")
    by_status = {"not_connected": "none", "broken": "broken", "cooling_down": "waiting", "syncing": "busy"}
    return by_status.get(status) or (freshness if freshness in {"stale", "broken"} else "fresh")


def _said(state: str, answer: Mapping[str, Any], moments: Moments) -> tuple[str, str]:
    """The headline and what explains it."""
    reason = str((answer.get("error") or {}).get("message") or "")
    cooldown = _moment(answer, "cooldownUntil")
    if state == "waiting":
        until = f" until {moments.at(cooldown)}" if cooldown else ""
        return f"Garmin asks us to wait{until}.", "We go on by ourselves then. Nothing is lost."
    last = _moment(answer, "lastSyncAt")
    headline = {
        "none": "",
        "fresh": "Your runs are arriving." if last else "Connected. Your first runs are on their way.",
        "stale": f"Nothing has been fetched since {moments.at(last)}." if last else "Nothing has been fetched yet.",
        "broken": "Your runs are not arriving.",
        "busy": "Your runs are being fetched.",
    }[state]
    return headline, f"The last try did not work: {reason}" if reason and state in {"fresh", "stale"} else reason


def _line(state: str, answer: Mapping[str, Any], moments: Moments) -> str:
    """How fresh the data is, for the head of a page."""
    last, cooldown = _moment(answer, "lastSyncAt"), _moment(answer, "cooldownUntil")
    if state == "waiting" and cooldown:
        return f"Garmin asks us to wait until {moments.at(cooldown)}"
    if state == "broken":
        return "Nothing is arriving from Garmin"
    if state == "busy":
        return "Fetching from Garmin"
    if last is None:
        return "Connected to Garmin, nothing fetched yet"
    late = "not since then, " if state == "stale" else ""
    return f"From Garmin, {late}{moments.ago(last)}"


def _facts(answer: Mapping[str, Any], moments: Moments) -> list[Fact]:
    source = _KINDS.get(str(answer.get("source")), "")
    account = Fact("Account", str(answer.get("accountName") or "Garmin account"), source)
    return [account, *_tries(answer, moments), *_reach(answer, moments), *_access(answer, moments)]


def _tries(answer: Mapping[str, Any], moments: Moments) -> list[Fact]:
    success, attempt = _moment(answer, "lastSyncAt"), _moment(answer, "lastAttemptAt")
    cooldown, following = _moment(answer, "cooldownUntil"), _moment(answer, "nextSyncAt")
    facts = [
        Fact("Last success", moments.ago(success), moments.at(success)) if success else Fact("Last success", "None yet")
    ]
    if attempt and (success is None or attempt - success > _SAME_TRY):
        facts.append(_past("Last try", attempt, moments))
    upcoming = max((one for one in (following, cooldown) if one), default=None)
    if upcoming and answer["status"] not in {"broken", "syncing"}:
        left = moments.left(upcoming)
        facts.append(Fact("Next try", f"in {left}" if left else "any moment now", moments.at(upcoming) if left else ""))
    return facts


def _past(label: str, then: dt.datetime | None, moments: Moments) -> Fact:
    return Fact(label, moments.ago(then), moments.at(then)) if then else Fact(label, "None yet")


def _reach(answer: Mapping[str, Any], moments: Moments) -> list[Fact]:
    newest, connected = _moment(answer, "newestActivityAt"), _moment(answer, "connectedAt")
    first = answer.get("importFrom")
    return [
        _past("Newest run", newest, moments),
        *([Fact("Runs since", _since(dt.date.fromisoformat(first), moments))] if first else []),
        *([Fact("Connected since", moments.day_of(connected))] if connected else []),
    ]


def _since(first: dt.date, moments: Moments) -> str:
    return "the very first" if first <= EVERYTHING_FROM else moments.day(first)


def _access(answer: Mapping[str, Any], moments: Moments) -> list[Fact]:
    """How long what opens the account will do so, counted down."""
    token, key = _moment(answer, "tokenExpiresAt"), _moment(answer, "keyExpiresAt")
    health = _HEALTH.get(str(answer.get("credentialHealth")), "")
    facts = []
    if health:
        left = moments.left(token) if token and health == _HEALTH["valid"] else ""
        facts.append(Fact("Access", health, f"{left} left, then renewed by itself" if left else ""))
    if key:
        left = moments.left(key)
        facts.append(Fact("Your key", f"{left} left" if left else "Has ended", moments.day_of(key)))
    return facts


def _gap(gap: Mapping[str, Any], moments: Moments) -> Gap:
    first, last = dt.date.fromisoformat(gap["from"]), dt.date.fromisoformat(gap["to"])
    days = (last - first).days + 1
    words = moments.day(first) if days == 1 else f"{moments.day(first)} to {moments.day(last)}"
    return Gap(first.isoformat(), last.isoformat(), words, f"{days:,} day{'' if days == 1 else 's'}")


def _ways(sources: Sequence[Mapping[str, Any]], in_use: str | None) -> tuple[Way, ...]:
    """The one in use first, then the easiest, and those that cannot be taken last."""
    easiest = ("officialPartner", "credentials", "personalApiKey")
    known = {str(one["kind"]): one for one in sources}
    ways = [
        Way(kind, bool(known[kind]["available"]), str(known[kind].get("note") or ""))
        for kind in easiest
        if kind in known
    ]
    return tuple(sorted(ways, key=lambda way: (not way.available, way.kind != in_use)))


def _is_due(answer: Mapping[str, Any], moments: Moments) -> bool:
    attempt = _moment(answer, "lastAttemptAt")
    return attempt is None or moments.now - attempt >= _ASK_AGAIN


def _moment(answer: Mapping[str, Any], name: str) -> dt.datetime | None:
    text = answer.get(name)
    return dt.datetime.fromisoformat(text) if text else None
