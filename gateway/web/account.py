"""My things: the profile, units and the values that the zones are drawn from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.visit import Form, Visit
from shared.errors import ServiceError
from shared.http.envelope import STATUS_OF_KIND
from shared.zones import known_zones


@dataclass(frozen=True, slots=True)
class Field:
    """A number of the profile; ``origin`` says where the value in use comes from, in the coach's words."""

    name: str
    label: str
    unit: str
    least: int
    most: int
    value: str
    hint: str


# name, label, unit, least, most
_NUMBERS = (
    ("birthYear", "Birth year", "", 1900, 2100),
    ("weightKg", "Weight", "kg", 25, 300),
    ("maxHeartRateBpm", "Highest heart rate", "bpm", 100, 240),
    ("restingHeartRateBpm", "Resting heart rate", "bpm", 25, 120),
    ("thresholdHeartRateBpm", "Threshold heart rate", "bpm", 80, 235),
)


async def show_account(visit: Visit) -> web.Response:
    return await _page(visit)


async def change_account(visit: Visit) -> web.Response:
    """Save one of the two forms; what is refused is said at the field."""
    form = await visit.form()
    try:
        if form.get("part") == "account":
            await visit.call("auth", "PATCH", "/api/v1/me", body=_account_body(form))
        else:
            await visit.call("coach_agent", "PATCH", "/api/v1/athlete", body=_athlete_body(form))
    except ServiceError as error:
        return await _page(visit, form=form, error=error)
    return visit.see("/account?saved=1")


async def _page(visit: Visit, *, form: Form | None = None, error: ServiceError | None = None) -> web.Response:
    me, athlete, plan = await asyncio.gather(
        visit.get("auth", "/api/v1/me"), visit.get("coach_agent", "/api/v1/athlete"), _plan(visit)
    )
    typed = form or {}
    return visit.render(
        "account.html",
        status=200 if error is None else STATUS_OF_KIND[error.kind],
        me=me,
        zones=sorted(known_zones()),
        athlete=athlete,
        fields=[_field(athlete, *number, typed=typed) for number in _NUMBERS],
        typed=typed,
        plan=plan,
        saved="saved" in visit.request.query,
        problem=None if error is None else visit.problem(error),
    )


async def _plan(visit: Visit) -> Mapping[str, Any] | None:
    try:
        plan: Mapping[str, Any] = await visit.get("subscription", "/api/v1/subscription")
    except ServiceError:
        return None
    return plan


def _field(  # noqa: PLR0913 - one row of the table above
    athlete: Mapping[str, Any], name: str, label: str, unit: str, least: int, most: int, *, typed: Form
) -> Field:
    known = athlete[name]
    given = known["origin"] == "given"
    value = typed.get(name, f"{known['value']:g}" if given else "")
    hint = "" if given or known["value"] is None else f"{known['value']:.0f} {unit} is used now: {known['basis']}."
    return Field(name, label, unit, least, most, value, hint)


def _account_body(form: Form) -> dict[str, Any]:
    body: dict[str, Any] = {"timezone": form.get("timezone", "")}
    if name := form.get("displayName", "").strip():
        body["displayName"] = name
    return body


def _athlete_body(form: Form) -> dict[str, Any]:
    """An empty field takes the value back; text that is no number goes on as it is, to be refused by name."""
    body: dict[str, Any] = {name: _number(form.get(name, "")) for name, *_ in _NUMBERS}
    return body | {
        "sex": form.get("sex") or None,
        "units": form.get("units", "km"),
        "tone": form.get("tone", "balanced"),
    }


def _number(text: str) -> float | int | str | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
