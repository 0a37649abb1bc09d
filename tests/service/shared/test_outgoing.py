"""What may be called outside; the resolver is a table, because no name may be looked up here."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver

from shared.http.outgoing import AllowedHosts, NotAllowed, Outgoing, read_limited


class Table(AbstractResolver):
    def __init__(self, **addresses: list[str]) -> None:
        self.addresses = {name.replace("_", "."): found for name, found in addresses.items()}
        self.asked: list[str] = []

    async def resolve(self, host, port=0, family=socket.AF_INET):
        self.asked.append(host)
        return [
            {"hostname": host, "host": address, "port": port, "family": socket.AF_INET, "proto": 0, "flags": 0}
            for address in self.addresses[host]
        ]

    async def close(self) -> None:
        pass


@pytest.fixture
async def here():
    """A server on loopback; its address."""
    app = web.Application()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="x" * 1000)

    async def redirect(_: web.Request) -> web.Response:
        raise web.HTTPFound("/")

    app.router.add_get("/", answer)
    app.router.add_get("/away", redirect)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def _get(outgoing: Outgoing, url: str) -> int:
    try:
        async with outgoing.request("GET", url) as response:
            return response.status
    finally:
        await outgoing.aclose()


async def test_a_loopback_address_that_the_configuration_spells_out_is_reached(here):
    assert await _get(Outgoing.to(here), here) == 200


async def test_localhost_in_the_configuration_means_this_machine(here):
    url = here.replace("127.0.0.1", "localhost")
    allowed = AllowedHosts.of([url])
    assert await _get(Outgoing(allowed, Table(localhost=["127.0.0.1"])), url) == 200


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.7", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
        "fd00::1", "fe80::1", "::ffff:10.0.0.7", "2002:0a00:0007::1", "224.0.0.1",
        "::127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b:1::a9fe:a9fe", "::ffff:0:10.0.0.7", "fec0::1", "::",
    ],
)  # fmt: skip
async def test_a_name_that_points_inside_is_refused_after_it_was_looked_up(address):
    table = Table(api_example_org=["93.184.215.14", address])
    with pytest.raises(aiohttp.ClientConnectorError):
        await _get(Outgoing(AllowedHosts.of(["https://api.example.org/v1"]), table), "http://api.example.org/")
    assert table.asked == ["api.example.org"]


async def test_an_address_not_spelled_out_is_refused_although_nothing_is_looked_up(here):
    with pytest.raises(NotAllowed):
        await _get(Outgoing.to("https://api.example.org"), here)


async def test_a_host_that_is_not_named_is_not_even_looked_up():
    table = Table(other_example_org=["93.184.215.14"])
    with pytest.raises(NotAllowed):
        await _get(Outgoing(AllowedHosts.of(["https://api.example.org"]), table), "http://other.example.org/")
    assert table.asked == []


async def test_the_address_of_a_connection_is_looked_at_once_more():
    outgoing = Outgoing.to("https://api.example.org")
    with pytest.raises(NotAllowed):
        outgoing._socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80)))
    await outgoing.aclose()


async def test_a_metadata_address_is_refused_even_where_it_is_spelled_out():
    with pytest.raises(NotAllowed):
        AllowedHosts.of(["http://169.254.169.254"]).require_address("169.254.169.254")


async def test_a_redirect_is_not_followed(here):
    assert await _get(Outgoing.to(here), f"{here}/away") == 302


async def test_an_answer_is_read_up_to_its_limit(here):
    outgoing = Outgoing.to(here)
    async with outgoing.request("GET", here) as response:
        assert len(await read_limited(response, 1000)) == 1000
    async with outgoing.request("GET", here) as response:
        with pytest.raises(aiohttp.ClientPayloadError):
            await read_limited(response, 999)
    await outgoing.aclose()
