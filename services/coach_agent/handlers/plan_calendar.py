"""A plan as a calendar (RFC 5545): an all-day event for each session, the same event wherever it is moved."""

from __future__ import annotations

import datetime as dt

from icalendar import Calendar, Event

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.plans.describing import lines, title
from services.coach_agent.domain.plans.models import Workout, WorkoutStatus
from services.coach_agent.domain.plans.ports import StoredPlan

CALENDAR = "text/calendar"
# How often a calendar that follows the feed may look again: often enough to show in the morning what the night changed.
_REFRESH = dt.timedelta(hours=6)
_PREFIXES = {
    WorkoutStatus.PLANNED: "",
    WorkoutStatus.DONE: "Done: ",
    WorkoutStatus.MISSED: "Missed: ",
    WorkoutStatus.SKIPPED: "Skipped: ",
}


def calendar(stored: StoredPlan | None, units: Units) -> bytes:
    """Without a plan a calendar that holds nothing, as a feed that is followed goes on to be asked for."""
    feed = Calendar()
    feed.add("prodid", "-//Pace42//Training plan//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", "Training plan")
    feed.add("x-wr-calname", "Training plan")
    feed.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", _REFRESH)
    if stored is not None:
        plan = stored.plan
        stamp = plan.changes[-1].made_at if plan.changes else plan.made_at
        feed.add("x-wr-timezone", plan.zone)
        for workout in plan.workouts:
            if workout.is_run:
                feed.add_component(_event(workout, units, stamp, stored.version))
    return bytes(feed.to_ical())


def _event(workout: Workout, units: Units, stamp: dt.datetime, version: int) -> Event:
    event = Event()
    event.add("uid", f"{workout.workout_id}@pace42")
    event.add("dtstamp", stamp)
    event.add("sequence", version)
    event.add("dtstart", workout.day)
    event.add("dtend", workout.day + dt.timedelta(days=1))
    event.add("summary", f"{_PREFIXES[workout.status]}{title(workout, units)}")
    event.add("description", "\n".join([workout.reason, "", *lines(workout, units)]))
    event.add("categories", [workout.kind.value])
    event.add("status", "CANCELLED" if workout.status is WorkoutStatus.SKIPPED else "CONFIRMED")
    # Training does not make the day look taken to those who look for a time to meet.
    event.add("transp", "TRANSPARENT")
    return event
