"""Two runs over their distance."""

from __future__ import annotations

import numpy as np

from services.coach_agent.domain.athlete import Units
from services.coach_agent.domain.charts.run_chart import pace_of
from services.coach_agent.domain.charts.spec import (
    Described,
    Paint,
    Spec,
    frame,
    line,
    or_none,
    pace_axis,
    unit_m,
)
from services.coach_agent.domain.charts.theme import PALETTES, Theme
from services.coach_agent.domain.facts import FactBook, Source, SourceKind
from services.coach_agent.domain.models import Column
from services.coach_agent.domain.runs.metrics import RunMetrics
from services.coach_agent.domain.units import date_text


def describe_comparison(latest: RunMetrics, earlier: RunMetrics, units: Units) -> Described:
    book = FactBook(units)
    sentences = []
    for run, suffix in ((latest, ""), (earlier, ".previous")):
        source = Source(SourceKind.ACTIVITY, str(run.activity_id))
        book.date(f"date{suffix}", run.local_date, source)
        if run.pace_s_per_km is not None:
            book.pace(f"pace{suffix}", run.pace_s_per_km, source)
            sentences.append(f"on {{date{suffix}}} it averages {{pace{suffix}}}")
        else:
            sentences.append(f"{{date{suffix}}} has no pace")
    said = f"Pace over distance, one line a run, faster is higher: {', '.join(sentences)}."
    return Described("Pace of both runs", book.compose(said).text, book.facts)


def comparison_chart(latest: RunMetrics, earlier: RunMetrics, units: Units, theme: Theme) -> Spec:
    """Pace over distance of two runs, the latest in the pace colour, the earlier in grey and dashed."""
    palette = PALETTES[theme]
    names = [f"{date_text(run.local_date)}{mark}" for run, mark in ((latest, " (latest)"), (earlier, " (before)"))]
    rows: list[Spec] = []
    paces: list[Column] = []
    for name, run in zip(names, (latest, earlier), strict=True):
        if (trace := run.measured.trace) is None:
            continue
        pace, distance = pace_of(run, trace, units), trace.distance_m / unit_m(units)
        paces.append(pace)
        rows += [
            {"run": name, "distance": round(float(d), 3), "pace": or_none(p)}
            for d, p in zip(distance, pace, strict=True)
        ]
    layer = line(
        "pace",
        Paint(palette.pace),
        x={
            "field": "distance",
            "type": "quantitative",
            "title": f"Distance ({units})",
            "scale": {"nice": False},
            "axis": {"grid": False},
        },
        y=pace_axis(np.concatenate(paces or [np.empty(0)]), units),
    )
    layer["mark"].pop("color")
    colors = {"domain": names, "range": [palette.pace, palette.text]}
    # Side by side two names are wider than a phone.
    legend = {"columns": {"expr": "width < 400 ? 1 : 2"}}
    layer["encoding"]["color"] = {"field": "run", "scale": colors, "legend": legend}
    dashes = {"domain": names, "range": [[1, 0], [5, 3]]}
    layer["encoding"]["strokeDash"] = {"field": "run", "scale": dashes, "legend": legend}
    return frame(describe_comparison(latest, earlier, units), theme, [layer], rows=rows)
