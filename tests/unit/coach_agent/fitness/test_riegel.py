import pytest

from services.coach_agent.domain.fitness.riegel import riegel_time


def test_twice_the_distance_takes_two_to_the_106_hundredths_the_time():
    # The usual worked example: 25:00 over 5 km stands for 52:07 over 10 km, since 2^1.06 = 2.0849.
    assert riegel_time(5000, 1500, 10_000) == pytest.approx(52 * 60 + 7, abs=1)
    assert riegel_time(10_000, 52 * 60 + 7.4, 5000) == pytest.approx(1500, abs=1)


def test_the_same_distance_is_the_same_time():
    assert riegel_time(10_000, 2400, 10_000) == 2400


@pytest.mark.parametrize(("distance_m", "time_s", "to_m"), [(400, 80, 5000), (10_000, 4000, 42_195), (1609, 400, 400)])
def test_nothing_is_said_from_or_for_times_outside_of_the_law(distance_m, time_s, to_m):
    assert riegel_time(distance_m, time_s, to_m) is None
