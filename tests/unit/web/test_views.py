"""What the pages show of an activity, its analysis and its chart."""

from __future__ import annotations

import datetime as dt

import pytest

from gateway.web.activity_view import Row, by_month, local_start, name_of, totals
from gateway.web.analysis_view import AnalysisView
from gateway.web.charts import table_of
from gateway.web.measures import Measures
from gateway.web.run_view import RunView
from shared.errors import NotFound
from tests.unit.web.activities import activity, analysis, item

KM, MILES = Measures(), Measures(miles=True)


def test_a_run_stands_on_the_day_where_it_began():
    late = item(startTime="2026-11-18T23:30:00Z", utcOffsetS=36_000)
    assert local_start(late).isoformat() == "2026-11-19T09:30:00"
    assert Row.of(late, KM).day == dt.date(2026, 11, 19)


@pytest.mark.parametrize(
    ("utc", "name"),
    [
        ("05:00", "Morning run"),
        ("11:30", "Lunch run"),
        ("15:00", "Afternoon run"),
        ("19:00", "Evening run"),
        ("22:30", "Night run"),
    ],
)
def test_a_run_without_a_name_is_named_by_its_hour(utc, name):
    assert name_of(item(startTime=f"2026-11-18T{utc}:00Z")) == name


def test_a_name_of_its_own_is_kept():
    assert name_of(item(name="<b>Home</b>")) == "<b>Home</b>"
    assert name_of(item(sport="cross_country_skiing")) == "Morning cross country skiing"


def test_rows_stand_under_their_month():
    rows = [Row.of(item(startTime=f"2026-{month}-02T06:00:00Z"), KM) for month in ("11", "11", "10")]
    assert [(title, len(group)) for title, group in by_month(rows)] == [("November 2026", 2), ("October 2026", 1)]


def test_totals_count_the_week_from_monday_and_four_weeks_with_today():
    today = dt.date(2026, 11, 20)  # a Friday
    days = {"2026-11-20": 10_000, "2026-11-16": 5_000, "2026-11-15": 7_000, "2026-10-24": 3_000, "2026-10-23": 99_000}
    items = [item(startTime=f"{day}T06:00:00Z", distanceM=float(metres)) for day, metres in days.items()]
    week, month = totals(items, today, KM)
    assert (week.runs, str(week.distance), str(week.time)) == (2, "15.0 km", "1:40 h")
    assert (month.runs, str(month.distance)) == (4, "25.0 km")


def test_missing_figures_of_a_row_stay_missing():
    row = Row.of(item(distanceM=None, timerS=None, elapsedS=None, movingS=None, averageHeartRateBpm=None), KM)
    assert not any((row.distance, row.time, row.speed, row.heart_rate))


def test_key_figures_leave_out_what_was_not_recorded():
    run = RunView.of(activity(averagePowerW=None, averageTemperatureC=None), KM)
    assert [str(key.figure) for key in run.main_figures] == ["10.00 km", "50:00", "5:00 /km", "150 bpm"]
    assert [key.label for key in run.more_figures] == ["Highest heart rate", "Climb", "Cadence"]


def test_moving_time_is_said_only_where_somebody_stood_still():
    def labels(moving_s: float) -> list[str]:
        return [key.label for key in RunView.of(activity(movingS=moving_s), KM).more_figures]

    assert "Moving time" not in labels(2990.0)
    assert "Moving time" in labels(2900.0)


def test_splits_are_in_the_runners_unit_with_the_fastest_bar_full():
    run = RunView.of(activity(), KM)
    assert [(split.name, str(split.speed)) for split in run.splits] == [
        ("1", "5:00 /km"),
        ("2", "6:00 /km"),
        ("0.31", "5:23 /km"),
    ]
    assert run.splits[0].bar_pct == 100
    assert run.splits[1].bar_pct == 30
    miles = RunView.of(activity(), MILES)
    assert [(split.name, str(split.speed)) for split in miles.splits] == [("1", "8:00 /mi")]


def test_a_single_lap_is_not_told_twice():
    assert len(RunView.of(activity(), KM).laps) == 2
    assert RunView.of(activity(laps=activity()["laps"][:1]), KM).laps == ()


def test_best_efforts_have_names():
    run = RunView.of(activity(), KM)
    assert [(effort.name, str(effort.figure)) for effort in run.distance_efforts] == [
        ("1 km", "4:50"),
        ("Half marathon", "1:45:00"),
    ]
    assert [(title, str(efforts[0].figure), efforts[0].name) for title, efforts in run.mean_efforts] == [
        ("Heart rate", "165 bpm", "5 min")
    ]


def test_an_activity_with_next_to_nothing_has_a_page():
    bare = activity(
        distanceM=None, timerS=None, elapsedS=None, movingS=None, ascentM=None, averageHeartRateBpm=None,
        maxHeartRateBpm=None, averageCadenceSpm=None, averageTemperatureC=None, device=None, laps=[],
        splits={"km": [], "mile": []}, bestEfforts=[],
    )  # fmt: skip
    run = RunView.of(bare, KM)
    assert run.main_figures == run.more_figures == run.splits == run.laps == ()


def test_zones_lie_side_by_side_and_meet_without_overlap():
    view = AnalysisView.of(analysis())
    assert [zone.left_pct for zone in view.zones] == [0, 20, 60, 100, 100]
    assert [zone.range_text for zone in view.zones] == [
        "below 119",
        "119 to 138",
        "139 to 157",
        "158 to 177",
        "from 178",
    ]


def test_an_analysis_underlines_its_facts_and_brings_its_own_figures():
    view = AnalysisView.of(analysis())
    assert '<span class="fact" tabindex="0">80 %<' in str(view.lines[0][1])
    assert [(key.label, str(key.figure)) for key in view.figures] == [("Load", "59")]
    assert [str(text) for text in view.missing] == ["Power was not recorded."]


def test_an_analysis_without_heart_rate_has_no_zones():
    view = AnalysisView.of(analysis(zones=None, charts=[]))
    assert view.zones == ()


def test_hostile_words_of_an_analysis_stay_words():
    view = AnalysisView.of(analysis(missing=[{"key": "x", "text": "<script>alert(1)</script>"}]))
    assert "<script" not in str(view.missing[0])


def chart(values: list[dict]) -> dict:
    return {"title": "T", "description": "D", "data": {"values": values}}


def test_a_chart_as_a_table_is_thinned_evenly_and_reads_in_its_units():
    values = [{"minute": i / 2, "pace": 300.0 + i, "heartRate": 140.0 + i, "altitude": None} for i in range(61)]
    table = table_of(chart(values))
    assert table.columns == ("Time", "Pace", "Heart rate (bpm)")
    assert len(table.rows) <= 30
    assert table.rows[0] == ("0:00", "5:00", "140")
    assert table.rows[1] == ("1:30", "5:03", "143")


def test_a_gap_in_a_chart_is_a_gap_in_its_table():
    table = table_of(chart([{"minute": 0.0, "pace": None}, {"minute": 1.0, "pace": 300.0}]))
    assert table.rows == (("0:00", "-"), ("1:00", "5:00"))


def test_bars_are_told_one_by_one_with_what_they_are_called_first():
    values = [{"day": f"2026-11-{day:02d}", "load": 70.0, "form": -3.4} for day in range(1, 31)] * 2
    table = table_of(chart(values))
    assert table.columns == ("Day", "Load", "Form")
    assert len(table.rows) == 60
    assert table.rows[0] == ("1 Nov 2026", "70", "-3")


def test_zones_and_best_efforts_name_their_rows():
    zones = table_of(chart([{"zone": "Zone 1: below 114 bpm", "share": 10.0, "minute": 5.0, "label": "10 %, 5 min"}]))
    assert (zones.columns, zones.rows) == (("Zone", "Time", "Share (%)"), (("Zone 1: below 114 bpm", "5:00", "10"),))
    efforts = table_of(chart([{"effort": "5 km", "minute": 20.25, "pace": 243.0, "day": "2026-10-04"}]))
    assert efforts.columns == ("Best effort", "Day", "Time", "Pace")
    assert efforts.rows == (("5 km", "4 Oct 2026", "20:15", "4:03"),)


def test_a_week_without_a_plan_or_a_run_is_a_gap():
    table = table_of(chart([{"week": "2026-11-16", "distance": 40.0, "planned": None},
                            {"week": "2026-11-23", "distance": None, "planned": 45.5}]))  # fmt: skip
    assert table.columns == ("Week from", "Distance", "Planned")
    assert table.rows == (("16 Nov 2026", "40.00", "-"), ("23 Nov 2026", "-", "45.50"))


def test_a_chart_without_figures_has_no_table():
    with pytest.raises(NotFound):
        table_of({"title": "T", "description": "D"})
