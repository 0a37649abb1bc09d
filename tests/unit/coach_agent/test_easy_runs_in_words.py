"""An easy run whose halves differ, and a recording of a part of a run, said for what they are."""

import numpy as np
import pytest

from services.coach_agent.domain.chat.answers import about_run
from services.coach_agent.domain.models import ActivityDetail
from services.coach_agent.domain.reviews.analysis import Analysis, analyse
from services.coach_agent.domain.runs.metrics import RunMetrics, measure_run
from tests.unit.coach_agent import runs


def analysed(metrics: RunMetrics) -> Analysis:
    return analyse(metrics, runs.athlete(), ())


@pytest.mark.parametrize(
    ("slowdown", "heart_rates", "limiter"),
    [
        (0.05, (140, 145), "Pacing, mildly: the second half was"),
        (0.20, (140, 145), "Pacing: the second half was"),
        (0.20, (145, 135), "you eased off, from 145 bpm to 135 bpm"),
    ],
)
def test_a_slower_second_half_is_named_for_what_it_was(slowdown, heart_rates, limiter):
    first, second = heart_rates
    metrics = runs.run(
        1700,
        lambda t: np.where(t < 850, 3.0, 3.0 * (1 - slowdown)),
        lambda t: np.where(t < 850, first, second).astype(float),
    )
    analysis = analysed(metrics)
    assert limiter in analysis.lines["primary_limiter"].text


def test_speed_per_heartbeat_that_rose_is_not_said_to_have_held():
    analysis = analysed(runs.run(3000, 3.0, lambda t: 148 - 22 * t / 3000))
    assert "speed per heartbeat rose by" in analysis.lines["session_diagnosis"].text


def test_of_a_recording_that_broke_off_early_nothing_is_said_as_if_it_were_the_run():
    samples = runs.streams(600, lambda t: 2.6 + 0.8 * t / 600, 140.0, altitude=lambda m: 100 + m / 20)
    whole = runs.run(3600, 3.0, None)
    metrics = measure_run(ActivityDetail(whole.activity, None, None, (), (), ()), samples)
    analysis = analysed(metrics)
    assert "holds samples of a part of this run only" in analysis.missing["samples"].text
    assert {fact.label for fact in about_run(analysis).facts}.isdisjoint(
        {"gradeAdjustedPace", "efficiencyFactor", "decoupling"}
    )
    assert "half" not in analysis.description.text
    assert metrics.measured.heart_rate_coverage == pytest.approx(600 / 3600, abs=0.01)
