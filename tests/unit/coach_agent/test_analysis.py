import dataclasses
import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.coach_agent.domain.athlete import Profile, Sex, Tone, Units
from services.coach_agent.domain.chat.answer_talk import unknown
from services.coach_agent.domain.chat.answers import about_run, checked, red_flag
from services.coach_agent.domain.chat.next_run_answer import answer_next_run
from services.coach_agent.domain.facts import Passage
from services.coach_agent.domain.reviews.analysis import MOST_WORDS, analyse
from services.coach_agent.domain.reviews.comparison import compare_runs
from services.coach_agent.domain.runs.reading import read_run
from tests.unit.coach_agent import runs

FORBIDDEN = ("nan", "None", "inf ", "null", "normali", "great job", "well done", "amazing", "VDOT", "TSS", "CTL", "ATL")


def assert_sound(answer):
    text = answer.passage.text
    assert answer.unverified == ()
    assert text
    for word in FORBIDDEN:
        assert word not in text
    assert "{" not in text
    assert "  " not in text


def answer(metrics, profile=None, history=()):
    analysis = analyse(metrics, runs.athlete(profile), history)
    result = about_run(analysis)
    assert_sound(result)
    assert len(analysis.opening.text.split()) <= MOST_WORDS
    return analysis, result


def labels(result):
    return {fact.label for fact in result.facts}


def test_a_full_run_has_every_fact_of_the_contract():
    metrics = runs.run(
        3000, 3.0, lambda t: 140 + 8 * t / 3000, altitude=lambda d: 100 + 10 * np.sin(d / 300), ascent_m=200
    )
    _, result = answer(metrics)
    assert labels(result) >= {
        *("distance", "duration", "pace", "averageHeartRate", "maxHeartRate", "cadence", "ascent", "decoupling"),
        *("efficiencyFactor", "gradeAdjustedPace", "load", "trimp", "fastestKm"),
        *(f"timeInZone{zone}" for zone in range(1, 6)),
    }


def test_facts_carry_the_value_in_si_and_the_runners_text():
    _, result = answer(runs.run(), Profile(units=Units.MILES))
    pace = next(fact for fact in result.facts if fact.label == "pace")
    assert pace.value == pytest.approx(1000 / 3)
    assert pace.text == "8:56 /mi"


def test_drift_in_an_easy_run_is_the_limiter_named():
    analysis, _ = answer(runs.run(3600, 3.0, lambda t: 130 + 25 * t / 3600))
    assert "speed per heartbeat fell" in analysis.lines["session_diagnosis"].text
    assert "Aerobic endurance" in analysis.lines["primary_limiter"].text


def test_heat_is_named_before_fitness():
    analysis, _ = answer(runs.run(3600, 3.0, lambda t: 130 + 25 * t / 3600, temperature_c=29.0))
    assert "Heat first" in analysis.lines["primary_limiter"].text


def test_an_easy_run_above_the_easy_ceiling_is_told_so():
    analysis, _ = answer(runs.run(2400, 3.0, 162.0))
    assert "Effort control" in analysis.lines["primary_limiter"].text


@pytest.mark.parametrize(
    ("given_rates", "in_lowest_zones_pct"),
    [
        ({"threshold_heart_rate_bpm": 170}, 100),
        ({"max_heart_rate_bpm": 190, "resting_heart_rate_bpm": 50}, 0),
        ({"max_heart_rate_bpm": 190}, 0),
    ],
)
def test_time_is_called_easy_only_where_the_zones_show_it_so(given_rates, in_lowest_zones_pct):
    analysis, _ = answer(runs.run(2400, 3.0, 150.0), Profile(**given_rates, tone=Tone.DIRECT))
    assert analysis.reading.zone_times.share_pct(1, 2) == pytest.approx(in_lowest_zones_pct)
    diagnosis, description = analysis.lines["session_diagnosis"].text, analysis.description.text
    assert ("easy" in diagnosis) is (in_lowest_zones_pct == 100)
    assert "easy" not in description
    assert "100 % of the time" in diagnosis
    assert "all of the time" in description
    for text in (diagnosis, description):
        assert "90 % of your threshold" in text
    assert ("The zones have limits of their own" in description) is (in_lowest_zones_pct == 0)


def test_an_assumed_maximum_makes_the_verdict_conditional_and_is_said():
    analysis, _ = answer(runs.run(2400, 3.0, 162.0), Profile())
    assert analysis.lines["session_diagnosis"].text.startswith("If your maximum is near 190 bpm")
    assert "maxHeartRate" in analysis.missing


def test_twenty_minutes_above_an_estimated_threshold_put_the_estimate_in_doubt():
    profile = Profile(max_heart_rate_bpm=190, resting_heart_rate_bpm=50)
    analysis, _ = answer(runs.run(3000, 3.5, 182.0), profile)
    assert "estimate is too low" in analysis.lines["primary_limiter"].text
    given = Profile(max_heart_rate_bpm=190, resting_heart_rate_bpm=50, threshold_heart_rate_bpm=173)
    analysis, _ = answer(runs.run(3000, 3.5, 182.0), given)
    assert "Control" in analysis.lines["primary_limiter"].text


def test_fading_bouts_are_named():
    analysis, _ = answer(runs.intervals(6, fade=0.06))
    assert "last bout" in analysis.lines["primary_limiter"].text


def test_a_fast_start_in_a_race_is_named():
    fading = runs.run(2500, lambda t: 4.4 - 0.8 * t / 2500, 172.0, name="Town race")
    analysis, _ = answer(fading)
    assert "first quarter" in analysis.lines["primary_limiter"].text


def test_without_heart_rate_effort_stays_open_and_nothing_is_guessed():
    analysis, result = answer(runs.run(heart_rate=None, missing=("heartRate",)))
    assert "without heart rate" in analysis.lines["session_diagnosis"].text
    assert "heartRate" in analysis.missing
    assert not labels(result) & {"averageHeartRate", "load", "trimp", "timeInZone1", "decoupling"}


def test_without_heart_rate_a_threshold_pace_gives_a_load_marked_as_from_pace():
    _, result = answer(runs.run(3600, 4.0, None), Profile(threshold_pace_s_per_km=250))
    load = next(fact for fact in result.facts if fact.label == "load")
    assert load.value == pytest.approx(100.0)
    assert "estimated from pace" in result.detail.text


def test_a_very_short_recording_is_called_that():
    analysis, _ = answer(runs.run(60))
    assert "too short" in analysis.lines["session_diagnosis"].text


def test_a_ride_is_no_run():
    analysis, result = answer(runs.run(3600, 8.0, 140.0, sport="cycling"))
    assert "no run" in analysis.lines["session_diagnosis"].text
    assert "pace" not in labels(result)
    assert "load" in labels(result)


def test_heart_rate_over_a_fraction_of_the_time_judges_nothing():
    metrics = runs.run(2400, 3.0, lambda t: np.where(t < 600, 150.0, np.nan))
    analysis, result = answer(metrics)
    assert not labels(result) & {"load", "easyShare", "timeInZone1"}
    assert "too little to judge" in analysis.missing["heartRateGaps"].text


def test_a_ride_is_drawn_without_a_pace_and_not_at_all_without_heart_rate():
    analysis, _ = answer(runs.run(3600, 8.0, 140.0, sport="cycling"))
    assert analysis.chart is not None
    analysis, _ = answer(runs.run(3600, 8.0, None, sport="cycling", missing=("heartRate", "altitude")))
    assert analysis.chart is None
    assert set(analysis.missing) == {"heartRate"}


def test_sessions_of_different_kinds_prove_nothing_about_fitness():
    compared = compare_runs(runs.intervals(), runs.run(), runs.athlete())
    assert_sound(compared)
    assert "like with like" in compared.detail.text


def test_indoors_no_track_is_missed():
    analysis, _ = answer(runs.run(sub_sport="treadmill", missing=("position", "altitude")))
    assert set(analysis.missing) == {"indoor"}


def test_the_run_before_appears_with_its_suffix():
    before = runs.run(1800, 2.8, 135.0, day=runs.TODAY - dt.timedelta(days=2))
    _, result = answer(runs.run(), history=(before,))
    assert "pace.previous" in labels(result)
    assert "18 November 2026" in result.detail.text


def test_a_direct_tone_says_less():
    told, _ = answer(runs.run())
    terse, _ = answer(runs.run(), Profile(max_heart_rate_bpm=190, resting_heart_rate_bpm=50, tone=Tone.DIRECT))
    assert len(terse.detail.text) < len(told.detail.text)


def test_an_answer_with_a_number_that_is_no_fact_leaves_as_figures_only():
    whole = about_run(analyse(runs.run(), runs.athlete()))
    assert checked(whole) == (whole, ())
    broken = dataclasses.replace(whole, opening=Passage(("You ran 99 marathons.",)))
    sound, unverified = checked(broken)
    assert unverified == ("99",)
    assert_sound(sound)
    assert "distance 7.20 km, time 40:00" in sound.opening.text


def test_medical_and_unknown_questions_are_answered_without_numbers():
    for result in (red_flag(), unknown()):
        assert result.unverified == ()
    assert "see a doctor" in red_flag().opening.text
    assert unknown().suggestions


RUN_SHAPES = st.fixed_dictionaries(
    {
        "seconds": st.integers(2, 9000),
        "speed": st.floats(0.2, 5.5),
        "change": st.floats(-0.4, 0.4),
        "beats": st.none() | st.floats(60, 195),
        "drift": st.floats(-20, 40),
        "covered": st.just(1.0) | st.floats(0.0, 1.0),
        "hill": st.none() | st.floats(0, 60),
        "noise": st.floats(0, 0.8),
        "sport": st.sampled_from(["running", "running", "running", "cycling"]),
        "sub_sport": st.sampled_from([None, "treadmill", "trail"]),
        "temperature_c": st.none() | st.floats(-15, 40),
        "missing": st.lists(st.sampled_from(["heartRate", "position", "altitude", "cadence", "odd"]), unique=True),
        "name": st.sampled_from([None, "Morning run", "10k race {pace} 42", "\u202eparkrun 5"]),
    }
)
PROFILES = st.builds(
    Profile,
    sex=st.none() | st.sampled_from(Sex),
    birth_year=st.none() | st.integers(1930, 2015),
    max_heart_rate_bpm=st.none() | st.floats(150, 215),
    resting_heart_rate_bpm=st.none() | st.floats(35, 90),
    threshold_heart_rate_bpm=st.none() | st.floats(140, 195),
    threshold_pace_s_per_km=st.none() | st.floats(170, 420),
    units=st.sampled_from(Units),
    tone=st.sampled_from(Tone),
)


def shaped(shape, day=runs.TODAY):
    seconds, noise = shape["seconds"], np.random.default_rng(3)

    def speed(time_s):
        trend = 1 + shape["change"] * time_s / seconds
        return np.clip(shape["speed"] * trend + noise.normal(0, shape["noise"], len(time_s)), 0.0, None)

    def heart_rate(time_s):
        known = time_s <= max(1.0, shape["covered"] * seconds)
        return np.where(known, np.round(beats + shape["drift"] * time_s / seconds), np.nan)

    beats, hill = shape["beats"], shape["hill"]
    return runs.run(
        seconds,
        speed,
        None if beats is None else heart_rate,
        altitude=None if hill is None else lambda d: 300 + hill * np.sin(d / 500),
        day=day,
        name=shape["name"],
        sport=shape["sport"],
        sub_sport=shape["sub_sport"],
        ascent_m=hill,
        temperature_c=shape["temperature_c"],
        missing=tuple(shape["missing"]),
    )


@settings(deadline=None, max_examples=150)
@given(RUN_SHAPES, PROFILES, RUN_SHAPES)
def test_whatever_was_recorded_the_answer_is_whole_short_and_every_number_a_fact(shape, profile, before):
    earlier = shaped(before, runs.TODAY - dt.timedelta(days=1))
    metrics = shaped(shape)
    analysis, _ = answer(metrics, profile, (metrics, earlier))
    assert set(analysis.lines) == {"session_diagnosis", "primary_limiter", "performance_lever", "next_cue"}
    assert all(line.text.endswith(".") for line in analysis.lines.values())
    assert_sound(compare_runs(metrics, earlier, runs.athlete(profile)))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(RUN_SHAPES, st.integers(0, 35)), min_size=1, max_size=5), PROFILES)
def test_advice_is_sound_whatever_the_last_weeks_held(weeks, profile):
    history = sorted(
        (shaped({**shape, "sport": "running"}, runs.TODAY - dt.timedelta(days=ago)) for shape, ago in weeks),
        key=lambda metrics: metrics.local_date,
        reverse=True,
    )
    athlete = runs.athlete(profile)
    readings = [read_run(metrics, athlete, history) for metrics in history]
    advice = answer_next_run(readings, athlete, day=runs.TODAY + dt.timedelta(days=1), today=runs.TODAY)
    assert_sound(advice)
    assert 3 <= len(advice.opening.text.splitlines()) <= 5
