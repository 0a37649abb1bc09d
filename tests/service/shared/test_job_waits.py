"""Jobs that wait: for a point in time, for their betters, or because somebody told them to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from shared.errors import RateLimited, UpstreamUnavailable
from shared.job_queue import PutOff
from shared.jobs import JobPolicy, JobWorker, NewJob, enqueue_many
from shared.postgres import Database
from shared.telemetry import configure
from tests.service.shared.test_jobs import QUICK, Handled, a_worker, is_empty, is_parked, put, queue, working
from tests.support.service import eventually


async def make_due(database: Database) -> bool:
    """Whether there was a waiting job, which waits no longer."""
    async with database.connection() as connection:
        done = await connection.execute(
            "UPDATE pgqueuer SET execute_after = now() - interval '1 second'"
            " WHERE status = 'queued' AND execute_after > now()"
        )
    return bool(done == "UPDATE 1")


async def test_a_job_told_to_wait_waits_and_keeps_all_its_tries(database: Database):
    handled = Handled(RateLimited("slow down", retry_after_s=3600))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK)
    await put(database, {"n": 1})
    async with working(worker):

        async def waits() -> bool:
            return len(handled.runs) == 1 and await queue(database) == [("queued", 0)]

        await eventually(waits)
    async with database.connection() as connection:
        wait = await connection.fetchval("SELECT execute_after - now() FROM pgqueuer")
    assert timedelta(minutes=59) < wait <= timedelta(hours=1)


async def test_being_told_to_wait_more_often_than_a_job_may_fail_does_not_end_it(database: Database):
    handled = Handled(*(RateLimited("slow down", retry_after_s=3600) for _ in range(QUICK.max_attempts + 1)))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        for _ in range(QUICK.max_attempts + 1):
            await eventually(lambda: make_due(database))
        await eventually(lambda: is_empty(database))
    assert [attempts for _, attempts in handled.runs] == [0] * (QUICK.max_attempts + 2)
    assert handled.dead == []


async def test_a_wait_does_not_count_to_the_age_at_which_a_job_is_given_up(database: Database):
    handled = Handled(RateLimited("slow down", retry_after_s=3 * 3600), UpstreamUnavailable("away"))
    worker = a_worker(database)
    policy = JobPolicy(give_up_after=timedelta(hours=1), backoff=QUICK.backoff)
    worker.register("work", handled.run, policy=policy, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: make_due(database))
        await eventually(lambda: is_empty(database))
    assert [attempts for _, attempts in handled.runs] == [0, 0, 1]
    assert handled.dead == []


async def test_a_short_wait_is_a_failed_try_like_any_other(database: Database):
    handled = Handled(*(RateLimited("slow down", retry_after_s=0.01) for _ in range(QUICK.max_attempts)))
    worker = a_worker(database)
    worker.register("work", handled.run, policy=QUICK, on_dead=handled.on_dead)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_parked(database))
    assert [attempts for _, attempts in handled.runs] == [0, 1, 2]


async def test_a_handler_may_put_its_job_off_without_failing(database: Database):
    ran: list[int] = []

    async def work(_: Mapping[str, Any], attempts: int) -> None:
        ran.append(attempts)
        if len(ran) <= 5:
            raise PutOff(timedelta(0))

    worker = a_worker(database)
    worker.register("work", work, policy=JobPolicy(max_attempts=1))
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert ran == [0] * 6
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM job_delivery") == 0


async def test_a_job_put_off_for_no_time_does_not_wait_until_the_queue_is_asked_again(database: Database):
    ran: list[int] = []

    async def work(_: Mapping[str, Any], __: int) -> None:
        ran.append(len(ran))
        if len(ran) <= 5:
            raise PutOff(timedelta(0))

    worker = JobWorker(database, configure("test", None), poll_interval=timedelta(minutes=5))
    worker.register("work", work)
    await put(database, {"n": 1})
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert len(ran) == 6


async def test_what_was_put_off_lets_jobs_of_a_higher_priority_go_first(database: Database):
    order: list[str] = []

    async def slow(_: Mapping[str, Any], __: int) -> None:
        order.append("slow")
        if order == ["slow"]:
            await put(database, *({"n": n} for n in range(8)))
            raise PutOff(timedelta(0))

    async def quick(_: Mapping[str, Any], __: int) -> None:
        order.append("quick")

    worker = a_worker(database)
    worker.register("slow", slow)
    worker.register("work", quick)
    async with database.transaction() as connection:
        await enqueue_many(connection, "slow", [NewJob({"n": 1})], priority=-1)
    async with working(worker):
        await eventually(lambda: is_empty(database))
    # Two run at once, so that the last of the others may be overtaken at the very end.
    assert sorted(order) == ["quick"] * 8 + ["slow"] * 2
    assert order.index("slow", 1) >= 8


async def test_many_jobs_are_added_as_one_would_be(database: Database):
    handled = Handled()
    worker = a_worker(database)
    worker.register("work", handled.run)
    async with database.transaction() as connection:
        jobs = [NewJob({"n": n}, f"key:{n % 3}") for n in range(6)]
        await enqueue_many(connection, "work", [*jobs, NewJob({"n": 6}), NewJob({"n": 7})], priority=3)
        await enqueue_many(connection, "work", [])
        rows = await connection.fetch("SELECT priority, execute_after <= now() AS due FROM pgqueuer")
    assert [(row["priority"], row["due"]) for row in rows] == [(3, True)] * 5
    async with working(worker):
        await eventually(lambda: is_empty(database))
    assert sorted(data["n"] for data, _ in handled.runs) == [0, 1, 2, 6, 7]


async def test_a_delay_holds_all_of_them_back(database: Database):
    async with database.transaction() as connection:
        before = await connection.fetchval("SELECT now()")
        await enqueue_many(connection, "work", [NewJob({"n": n}) for n in range(2)], delay=timedelta(hours=1))
        due = await connection.fetch("SELECT execute_after FROM pgqueuer")
    assert isinstance(before, datetime)
    assert [row[0] - before for row in due] == [timedelta(hours=1)] * 2
