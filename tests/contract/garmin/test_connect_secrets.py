"""Nothing that a runner typed, that Garmin issued, or that Garmin says of the runner gets into a log or an error.

The library puts answers into its exceptions, logs them at level ERROR with their tracebacks, and logs paths with names
in them. Here everything that answers repeats everything it was told, under every status.
"""

from __future__ import annotations

import gc
import io
import logging
import traceback
import types
import uuid
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web

from services.garmin_ingest.clients.incoming import FolderIncoming
from services.garmin_ingest.domain.garmin.models import Days, PasswordCredentials, RemoteActivity, Tokens
from shared.errors import ServiceError
from tests.contract.garmin.connect_stand import Stand, credentials, source_at
from tests.contract.garmin.test_connect_listing import EVER, START
from tests.support.garmin.serving import served

PLANTED = "planted-5e1f"
EMAIL, PASSWORD, CODE = f"{PLANTED}@example.com", f"{PLANTED}-password", f"{PLANTED}-code"
TOKENS = Tokens(
    {
        "di_token": f"{PLANTED}-access",
        "di_refresh_token": f"{PLANTED}-refresh",
        "di_client_id": f"{PLANTED}-client",
        "display_name": f"{PLANTED}-name",
    }
)
ANSWERS = {
    "json 200": lambda said: web.json_response({"message": said, "responseStatus": {"type": said}, "x": [said]}),
    "json 400": lambda said: web.json_response({"message": said, "responseStatus": {"type": said}}, status=400),
    "json 401": lambda said: web.json_response({"message": said}, status=401),
    "json 429": lambda said: web.json_response({"message": said}, status=429, headers={"Retry-After": said[:50]}),
    "text 200": lambda said: web.Response(text=said),
    "html 200": lambda said: web.Response(text=f"<html><title>{said}</title></html>", content_type="text/html"),
    "text 500": lambda said: web.Response(text=said, status=500),
    "redirect": lambda said: web.Response(status=302, headers={"Location": f"/{PLANTED}"}),
    "list 200": lambda said: web.json_response([said, {"activityId": said, "activityName": said}]),
}


@pytest.fixture
def logged() -> Iterator[Callable[[], str]]:
    """Everything that any logger of any library lets through to the root, and all lines of our own, at debug level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    with structlog.testing.capture_logs() as ours:
        yield lambda: stream.getvalue() + repr(ours)
    root.removeHandler(handler)
    root.setLevel(level)


async def told(call: Awaitable[object]) -> str:
    """What can be read of a failure: its traceback with all that is chained to it, and the error itself."""
    try:
        return repr(await call)
    except ServiceError as error:
        return f"{error!r} {error.details} {error.message}" + "".join(traceback.format_exception(error))


@pytest.mark.parametrize("answer", ANSWERS)
async def test_no_answer_of_garmins_is_repeated(answer: str, logged: Callable[[], str], tmp_path: Path):
    async def handler(request: web.Request) -> web.Response:
        said = f"{request.path_qs} {dict(request.headers)} {await request.text()}".replace("\n", " ")
        assert PLANTED in said or request.path.endswith("sign-in")
        return ANSWERS[answer](said)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", handler)
    activity = RemoteActivity("1", START, 0, f"{PLANTED}-run", None, None, None, None)
    async with served(app) as url, source_at(url) as (source, _):
        file = await FolderIncoming(tmp_path).create(uuid.uuid4(), "original")

        async def pages() -> int:
            return len([page async for page in source.activities(TOKENS, EVER)])

        seen = [
            await told(source.log_in(PasswordCredentials(EMAIL, PASSWORD))),
            await told(source.refresh(TOKENS)),
            await told(pages()),
            await told(source.has_activity(TOKENS, "1")),
            await told(source.download(TOKENS, activity, file)),
            await told(source.wellness(TOKENS, Days(START.date(), START.date()))),
        ]
        await file.discard()
    assert PLANTED not in " ".join(seen)
    assert PLANTED not in logged()


async def test_no_log_in_leaves_a_trace_of_what_was_typed(stand: Stand, logged: Callable[[], str]):
    account = stand.world.add_account(EMAIL, password=PASSWORD, mfa_code=CODE, display_name=f"{PLANTED}-name")
    pending = await stand.source.log_in(credentials(account))
    seen = [repr(pending), await told(pending.finish(f"{PLANTED}-wrong"))]
    stand.world.misbehave("/verifyCode", "cut")
    seen.append(await told(pending.finish(CODE)))
    logged_in = await pending.finish(CODE)
    seen += [repr(logged_in), repr(await stand.source.refresh(logged_in.tokens)), repr(credentials(account))]
    assert PLANTED not in " ".join(seen)
    assert PLANTED not in logged()
    assert logged_in.tokens.values["di_token"] not in " ".join(seen) + logged()


@pytest.mark.parametrize(
    "name", ["garminconnect", "garminconnect.client", "garminconnect.client.sso", "urllib3.connectionpool"]
)
async def test_what_the_library_logs_reaches_nobody(stand: Stand, logged: Callable[[], str], name: str):
    level = logging.DEBUG if name.startswith("urllib3") else logging.ERROR
    logging.getLogger(name).log(level, "GET /wellness-service/wellness/dailySleepData/%s", PLANTED)
    assert PLANTED not in logged()


async def test_the_password_is_gone_while_the_code_is_awaited(stand: Stand):
    account = stand.world.add_account("waiting@example.com", password=PASSWORD, mfa_code="1234")
    pending = await stand.source.log_in(credentials(account))
    held, seen, waiting = [], set(), [pending._client]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, types.ModuleType | type | types.FunctionType | types.FrameType):
            continue
        seen.add(id(thing))
        held += [thing] if isinstance(thing, str | bytes | bytearray) else []
        waiting += gc.get_referents(thing)
    assert any("GCM_IOS_DARK" in str(text) for text in held)  # what the library keeps of the log-in is among it
    assert not any(PASSWORD in str(text) for text in held)
    await pending.abandon()
