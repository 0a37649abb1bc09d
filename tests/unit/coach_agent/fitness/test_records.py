import pytest

from services.coach_agent.domain.fitness.history import without
from services.coach_agent.domain.fitness.records import personal_records
from tests.unit.coach_agent.fitness.histories import Done, day, history
from tests.unit.coach_agent.runs import TODAY


def test_a_record_is_the_fastest_run_over_its_distance_with_day_and_activity():
    past = history(
        Done(300, best_times_s={1000: 250, 5000: 1300}),
        Done(200, best_times_s={1000: 240, 5000: 1320, 10_000: 2800}),
        Done(100),
    )
    records = personal_records(past, TODAY)
    assert [(record.distance_m, record.elapsed_s) for record in records] == [(1000, 240), (5000, 1300), (10_000, 2800)]
    assert [record.day for record in records] == [day(200), day(300), day(200)]
    assert records[1].activity_id == past.activity_ids[0]


def test_the_earlier_of_two_equal_times_stands():
    [record] = personal_records(history(Done(9, best_times_s={1000: 240}), Done(3, best_times_s={1000: 240})), TODAY)
    assert record.day == day(9)


def test_a_jump_of_the_satellites_is_no_record():
    [record] = personal_records(
        history(Done(9, best_times_s={400: 30, 5000: 600}), Done(3, best_times_s={5000: 1300})), TODAY
    )
    assert (record.distance_m, record.elapsed_s) == (5000, 1300)


def test_other_sports_and_days_to_come_set_no_records():
    done = [Done(3, sport="cycling", best_times_s={1000: 90}), Done(-1, best_times_s={1000: 200})]
    assert personal_records(history(*done), TODAY) == ()
    assert personal_records(history(), TODAY) == ()


def test_a_history_less_an_activity_is_that_of_the_others():
    past = history(Done(9, best_times_s={1000: 240}), Done(3, bpm=150, best_times_s={1000: 250}), Done(1))
    rest = without(past, {past.activity_ids[0]})
    assert rest.activity_ids == past.activity_ids[1:]
    assert rest.day.tolist() == past.day[1:].tolist()
    assert rest.histogram.shape == (2, 211)
    assert personal_records(rest, TODAY)[0].elapsed_s == pytest.approx(250)
    assert without(past, ()) is past
