"""Why a week or a session is there: sentences without figures, as those stand beside them."""

from __future__ import annotations

from services.coach_agent.domain.plans.effort import Effort
from services.coach_agent.domain.plans.models import Phase, WorkoutKind

_WEEK = {
    Phase.BASE: "Easy running makes the ground that everything later stands on.",
    Phase.BUILD: "Harder sessions come in now, while most of the week stays easy.",
    Phase.PEAK: "The biggest weeks, with work at the efforts that your goal asks for.",
    Phase.TAPER: "Less volume, so that you stand at the start rested; what is fast stays short.",
    Phase.RACE: "Only a little easy running before the race.",
}
_LIGHTER_WEEK = "A lighter week, so that the body takes in what the weeks before asked of it."

_SESSION = {
    WorkoutKind.EASY: "Easy running builds endurance at a cost you recover from by tomorrow.",
    WorkoutKind.RECOVERY: "Slow and short on purpose: it follows a hard day.",
    WorkoutKind.LONG: "The long run trains endurance; keep it easy to the end.",
    WorkoutKind.STRIDES: "Easy running with short, relaxed strides, so that fast legs stay familiar.",
    WorkoutKind.RACE: "This is what the plan was for.",
    WorkoutKind.REST: "A day off is when training turns into fitness.",
}
_HARD = {
    Effort.THRESHOLD: "Work around your threshold raises the pace you can hold for long.",
    Effort.INTERVAL: "Intervals near your maximal oxygen uptake raise the ceiling above all other paces.",
    Effort.RACE: "Work at race effort, so that it feels familiar on the day.",
}
_TAPER_HARD = "A short reminder of speed; it should leave you wanting more."


def week_reason(phase: Phase, *, lighter: bool) -> str:
    return _LIGHTER_WEEK if lighter else _WEEK[phase]


def session_reason(kind: WorkoutKind, phase: Phase, effort: Effort | None) -> str:
    if effort is None:
        return _SESSION[kind]
    return _TAPER_HARD if phase is Phase.TAPER else _HARD[effort]
