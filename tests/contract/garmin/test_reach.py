"""Knocking at an address of Garmin's: any answer of a living server will do."""

from __future__ import annotations

import pytest
from aiohttp import web

from services.garmin_ingest.clients.reach import HttpReach
from services.garmin_ingest.domain.errors import GarminRateLimited, GarminUnavailable
from shared.http.client import open_session


@pytest.mark.parametrize(
    ("status", "raised"),
    [(200, None), (302, None), (401, None), (404, None), (429, GarminRateLimited), (503, GarminUnavailable)],
)
async def test_a_server_that_answers_is_there_unless_it_is_unwell(aiohttp_server, status, raised):
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "http://127.0.0.1:9/"})

    app = web.Application()
    app.router.add_get("/", answer)
    server = await aiohttp_server(app)
    async with open_session() as session:
        reach = HttpReach(session, {"personal_api_key": str(server.make_url("/"))})
        if raised is None:
            await reach.knock("personal_api_key")
        else:
            with pytest.raises(raised):
                await reach.knock("personal_api_key")


async def test_an_address_where_nothing_listens_is_unavailable():
    async with open_session() as session:
        with pytest.raises(GarminUnavailable):
            await HttpReach(session, {"personal_api_key": "http://127.0.0.1:9"}).knock("personal_api_key")
