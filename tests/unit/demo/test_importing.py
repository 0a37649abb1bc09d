"""The demo's use of the public API against a fake of it over a unix socket; the real one is met in the e2e tests."""

import datetime as dt
import io
import zipfile

import aiohttp
import pytest
from aiohttp import web

from deploy.local.demo import client, importing
from deploy.local.demo.client import Api
from deploy.local.demo.state import DemoAccount
from deploy.local.failure import CannotRun

ACCOUNT = DemoAccount("demo@example.com", "a-password-of-its-own", dt.date(2026, 11, 20))


def refusal(status, code, message="No.", headers=None):
    body = {"error": {"code": code, "message": message, "statusCode": status, "requestId": "1", "retryable": False}}
    return web.json_response(body, status=status, headers=headers)


class FakeApi:
    """Answers as API.md says for the operations the demo uses; remembers accounts, profile and files."""

    def __init__(self):
        self.passwords, self.profile, self.files = {}, None, set()
        self.busy, self.expire_once = 0, False
        # What the polls of a job say one after another, over the outcome; the last is repeated.
        self.listed_at_most: int | None = None
        self.polls = [{"state": "running", "progress": {"done": 1, "total": 9}}, {}]

    def app(self):
        app = web.Application(client_max_size=2**28, middlewares=[self.overload])
        app.router.add_post("/api/v1/auth/signup", self.signup)
        app.router.add_post("/api/v1/auth/login", self.login)
        app.router.add_patch("/api/v1/athlete", self.athlete)
        app.router.add_get("/api/v1/activities", self.activities)
        app.router.add_post("/api/v1/activities/import", self.take)
        app.router.add_get("/api/v1/jobs/{id}", self.state)
        return app

    @web.middleware
    async def overload(self, request, handler):
        if self.busy:
            self.busy -= 1
            return refusal(503, "SERVICE_OVERLOADED", headers={"Retry-After": "0"})
        return await handler(request)

    async def signup(self, request):
        body = await request.json()
        assert set(body) == {"email", "password", "displayName", "timezone"}
        if body["email"] in self.passwords:
            return refusal(409, "CONFLICT")
        self.passwords[body["email"]] = body["password"]
        return web.json_response({"user": {}, "tokens": {"accessToken": "t1"}}, status=201)

    async def login(self, request):
        body = await request.json()
        if self.passwords.get(body["email"]) != body["password"]:
            return refusal(401, "AUTH_INVALID_CREDENTIALS")
        return web.json_response({"user": {}, "tokens": {"accessToken": "t2"}})

    async def athlete(self, request):
        assert request.headers["Authorization"].startswith("Bearer t")
        self.profile = await request.json()
        return web.json_response({})

    async def activities(self, request):
        return web.json_response({"items": sorted(self.files)[: int(request.query["limit"])], "nextCursor": None})

    async def take(self, request):
        form = await request.post()
        names = zipfile.ZipFile(io.BytesIO(form["file"].file.read())).namelist()
        items = [
            {"fileName": name, "status": "duplicate" if name in self.files else "imported", "activityId": "1"}
            for name in names
        ]
        self.files |= set(names)
        progress = {"done": len(names), "total": len(names)}
        self.outcome = {
            "state": "succeeded",
            "items": items[: self.listed_at_most],
            "progress": progress,
            "nextRetryAt": None,
        }
        return web.json_response({"jobId": "j1"}, status=202)

    async def state(self, request):
        if self.expire_once and request.headers["Authorization"] == "Bearer t1":
            return refusal(401, "AUTH_EXPIRED_TOKEN")
        said = self.polls.pop(0) if len(self.polls) > 1 else self.polls[0]
        return web.json_response(self.outcome | said)


@pytest.fixture
def fake():
    return FakeApi()


@pytest.fixture
async def api(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_POLL_S", 0.0)
    monkeypatch.setattr(client, "_wait_s", lambda _: 0.0)
    runner = web.AppRunner(fake.app())
    await runner.setup()
    path = str(tmp_path / "api.sock")
    await web.UnixSite(runner, path).start()
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(path)) as http:
        yield Api(http, "http://pace42.test/")
    await runner.cleanup()


async def bring_in(api):
    progress = []
    outcome = await importing.import_history(
        api, ACCOUNT, months=1, progress=lambda done, total: progress.append((done, total))
    )
    return outcome.counts, progress


async def test_a_new_runner_signs_up_tells_about_themselves_and_imports(api, fake):
    await importing.sign_in(api, ACCOUNT, is_new=True)
    assert not await importing.has_runs(api)
    await importing.introduce(api)
    counts, progress = await bring_in(api)
    assert fake.profile["thresholdHeartRateBpm"] == 170
    assert counts == {"imported": len(fake.files)}
    assert len(fake.files) >= 15
    assert progress == [(1, 9), (len(fake.files), len(fake.files))]
    assert await importing.has_runs(api)


async def test_a_second_import_brings_nothing_twice(api):
    await importing.sign_in(api, ACCOUNT, is_new=True)
    first, _ = await bring_in(api)
    second, _ = await bring_in(api)
    assert second == {"duplicate": first["imported"]}


async def test_of_a_job_that_lists_some_of_its_files_all_are_counted(api, fake):
    await importing.sign_in(api, ACCOUNT, is_new=True)
    await bring_in(api)
    fake.listed_at_most = 3
    counts, _ = await bring_in(api)
    assert counts == {"files, imported or already there": len(fake.files)}


async def test_a_known_runner_logs_in_and_signs_up_only_where_unknown(api, fake):
    await importing.sign_in(api, ACCOUNT, is_new=False)
    assert fake.passwords == {ACCOUNT.email: ACCOUNT.password}
    await importing.sign_in(api, ACCOUNT, is_new=False)


async def test_an_address_with_another_password_is_not_taken_over(api, fake):
    fake.passwords[ACCOUNT.email] = "somebody else's"
    with pytest.raises(CannotRun, match="--email"):
        await importing.sign_in(api, ACCOUNT, is_new=True)


async def test_a_token_that_expires_during_the_import_is_renewed(api, fake):
    await importing.sign_in(api, ACCOUNT, is_new=True)
    fake.expire_once = True
    counts, _ = await bring_in(api)
    assert counts["imported"] > 0


async def test_an_overloaded_api_is_asked_again(api, fake):
    fake.busy = 3
    await importing.sign_in(api, ACCOUNT, is_new=True)


async def test_an_api_that_stays_overloaded_is_said_in_its_words(api, fake):
    fake.busy = 99
    with pytest.raises(CannotRun, match="SERVICE_OVERLOADED"):
        await importing.sign_in(api, ACCOUNT, is_new=True)


async def test_a_file_that_was_refused_is_named(api, fake):
    error = {"code": "ACTIVITY_FILE_INVALID", "message": "It cannot be read."}
    fake.polls = [{"items": [{"fileName": "x.fit", "status": "failed", "error": error}]}]
    await importing.sign_in(api, ACCOUNT, is_new=True)
    with pytest.raises(CannotRun, match=r"x\.fit: It cannot be read"):
        await bring_in(api)


async def test_a_dead_job_is_said(api, fake):
    fake.polls = [{"state": "dead"}]
    await importing.sign_in(api, ACCOUNT, is_new=True)
    with pytest.raises(CannotRun, match="dead"):
        await bring_in(api)


async def test_a_job_that_will_be_tried_again_is_waited_for(api, fake):
    fake.polls = [{"state": "failed", "nextRetryAt": "2026-11-20T10:00:00Z"}, {}]
    await importing.sign_in(api, ACCOUNT, is_new=True)
    counts, _ = await bring_in(api)
    assert counts["imported"] > 0


async def test_a_job_that_stands_still_is_given_up(api, fake, monkeypatch):
    monkeypatch.setattr(importing, "_STALLED_AFTER_S", 0.05)
    fake.polls = [{"state": "queued", "progress": {"done": 0, "total": 0}}]
    await importing.sign_in(api, ACCOUNT, is_new=True)
    with pytest.raises(CannotRun, match="worker"):
        await bring_in(api)


async def test_nobody_there_is_one_clear_line(tmp_path):
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(tmp_path / "nobody"))) as http:
        with pytest.raises(CannotRun, match="does not answer"):
            await importing.sign_in(Api(http, "http://pace42.test"), ACCOUNT, is_new=True)
