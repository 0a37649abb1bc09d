"""Helpful or wrong: what a runner thinks of an answer or of the advice of a day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from gateway.web.visit import Visit
from gateway.web.ways import safe_return
from shared.errors import ValidationFailed

EVALUATE = "/api/v1/insights/evaluate"
_VERDICTS = frozenset({"helpful", "wrong"})


@dataclass(frozen=True, slots=True)
class Rated:
    """What was just said of ``subject``; ``remarked`` where the runner said it in words too."""

    subject: str = ""
    verdict: str = ""
    remarked: bool = False

    @classmethod
    def in_address(cls, visit: Visit) -> Rated:
        """From the address that ``rate`` leads back to."""
        query = visit.request.query
        verdict = query.get("verdict", "")
        return cls(query.get("rated", ""), verdict, "remarked" in query) if verdict in _VERDICTS else cls()


async def rate(visit: Visit) -> web.Response:
    """A script gets the rating as a piece of page, everybody else the page that it stood on."""
    form = await visit.form()
    subject, verdict, back = _subject(form.get("subject", "")), form.get("verdict", ""), safe_return(form.get("back"))
    if verdict not in _VERDICTS:
        raise ValidationFailed("Choose helpful or wrong.")
    body: dict[str, Any] = {"insightId": subject, "verdict": verdict}
    if remark := form.get("text", "").strip():
        body["text"] = remark
    await visit.call("coach_agent", "POST", EVALUATE, body=body)
    rated = Rated(subject, verdict, bool(remark))
    if visit.wants_fragment:
        return visit.render("_rated.html", subject=subject, back=back, rated=rated)
    more = "&remarked=1" if remark else ""
    return visit.see(f"{back}?rated={subject}&verdict={verdict}{more}#rating-{subject}")


def _subject(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as error:
        raise ValidationFailed("This is nothing that can be rated. Reload the page and try again.") from error
