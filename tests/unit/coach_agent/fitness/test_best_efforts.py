import numpy as np

from services.coach_agent.domain.fitness.best_efforts import believable, fastest_possible_s, recent_efforts
from tests.unit.coach_agent.fitness.histories import Done, history
from tests.unit.coach_agent.runs import TODAY

# Men's world records in s over 400 m to the marathon (World Athletics, 2025).
WORLD_RECORDS = {
    400: 43.03,
    800: 100.91,
    1000: 131.96,
    1609: 223.13,
    3000: 437.55,
    5000: 755.36,
    10_000: 1571.0,
    21_098: 3402.0,
    42_195: 7235.0,
}


def test_every_world_record_can_be_believed_and_a_sixth_faster_cannot():
    fastest, records = fastest_possible_s(tuple(WORLD_RECORDS)), np.array(list(WORLD_RECORDS.values()))
    assert (fastest < records).all()
    assert (fastest > 0.85 * records).all()


def test_times_nobody_runs_are_missing_and_all_others_kept():
    times = believable(np.array([[30, 100, 1200, np.nan]], dtype=np.float32), (400, 1000, 5000, 10_000))
    assert np.array_equal(times, [[np.nan, np.nan, 1200, np.nan]], equal_nan=True)


def test_recent_efforts_are_those_of_90_days_of_runs_over_the_ground():
    past = history(
        Done(90, best_times_s={5000: 1100}),
        Done(89, best_times_s={5000: 1200}),
        Done(20, best_times_s={5000: 1000}, sport="cycling"),
        Done(10, best_times_s={5000: 1150}, has_position=False),
        Done(0, best_times_s={5000: 1250, 1000: 220}),
        Done(-1, best_times_s={5000: 1050}),
    )
    efforts = recent_efforts(past, TODAY)
    assert efforts.age_days.tolist() == [89, 0]
    fastest = dict(zip(efforts.distance_m, efforts.fastest_s, strict=True))
    assert (fastest[5000], fastest[1000]) == (1200, 220)
    assert np.isnan(fastest[10_000])


def test_without_a_run_there_is_no_effort():
    efforts = recent_efforts(history(), TODAY)
    assert len(efforts.age_days) == 0
    assert np.isnan(efforts.fastest_s).all()
