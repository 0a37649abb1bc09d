"""Calls to the world outside: only to hosts that the configuration names, only at public addresses, never redirected.

The guard sits where a connection is made, after the name has been looked up, so that a name that is made to point at a
machine of ours leads nowhere. What an operator writes into a base URL as a loopback or private address (a model on the
same machine) is meant so and is let through.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LOCALHOST = "localhost"
# An IPv4 address ends an IPv6 one of these: compatible and translated ones (RFC 4291, 7915), NAT64 (RFC 6052, 8215).
_WITH_IPV4 = tuple(
    ipaddress.IPv6Network(network) for network in ("::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48")
)


class NotAllowed(aiohttp.ClientError, OSError):
    """A host or an address that may not be called; like any failed connection to whoever catches those."""


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Whom a client may call. ``names`` in lower case; ``addresses`` are those that base URLs spell out."""

    names: frozenset[str]
    addresses: frozenset[_Address]

    @classmethod
    def of(cls, base_urls: Iterable[str]) -> AllowedHosts:
        hosts = {(URL(base_url).host or "").lower() for base_url in base_urls}
        literal = {host: address for host in hosts if (address := _literal(host)) is not None}
        return cls(frozenset(hosts - literal.keys()), frozenset(literal.values()))

    def require_host(self, host: str | None) -> None:
        """Raises NotAllowed for a host that no base URL names."""
        address = _literal(host or "")
        if address in self.addresses if address is not None else (host or "").lower() in self.names:
            return
        raise NotAllowed("a host that the configuration does not name")

    def require_address(self, spelled: str) -> None:
        """Raises NotAllowed for an address inside, unless a base URL spells it out or says localhost."""
        address = _literal(spelled)
        if address is None or not self._may_connect(address):
            raise NotAllowed("an address that is not public")

    def _may_connect(self, address: _Address) -> bool:
        if address.is_link_local or address.is_multicast or address.is_unspecified:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.is_site_local:
            return False
        if address in self.addresses or (address.is_loopback and _LOCALHOST in self.names):
            return True
        return address.is_global


class Outgoing:
    """A client session for the outside. The caller keeps the time and closes it."""

    def __init__(self, allowed: AllowedHosts, resolver: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        connector = aiohttp.TCPConnector(
            limit=100,
            ttl_dns_cache=30,
            resolver=_GuardedResolver(allowed, resolver or aiohttp.ThreadedResolver()),
            socket_factory=self._socket,
        )
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(), connector=connector, trust_env=False, auto_decompress=True
        )

    @classmethod
    def to(cls, *base_urls: str) -> Outgoing:
        """A session that reaches the hosts of these base URLs."""
        return cls(AllowedHosts.of(base_urls))

    @asynccontextmanager
    async def request(self, method: str, url: str | URL, **options: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        """One request; a redirect is an answer like any other. Raises aiohttp.ClientError (NotAllowed among them)."""
        self._allowed.require_host(URL(url).host)
        async with self._session.request(method, url, allow_redirects=False, **options) as response:
            yield response

    async def aclose(self) -> None:
        await self._session.close()

    def _socket(self, info: tuple[Any, ...]) -> socket.socket:
        """The socket of a connection about to be made: the last place to look at where it goes."""
        family, kind, protocol, _, target = info
        self._allowed.require_address(target[0])
        return socket.socket(family, kind, protocol)


class _GuardedResolver(AbstractResolver):
    """Names to addresses; a name with any address that may not be called is refused whole."""

    def __init__(self, allowed: AllowedHosts, inner: AbstractResolver) -> None:
        self._allowed = allowed
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self._allowed.require_host(host)
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._allowed.require_address(result["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


async def read_limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """The body, up to ``limit`` bytes. Raises aiohttp.ClientPayloadError where there is more."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > limit:
            raise aiohttp.ClientPayloadError("an answer that is larger than it may be")
    return bytes(body)


def _literal(host: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0].strip("[]"))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        # An IPv4 address in the clothes of an IPv6 one, or behind a translator, leads to where the IPv4 one does.
        inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        is_within = any(address in network for network in _WITH_IPV4) and not address.is_loopback
        return address.ipv4_mapped or address.sixtofour or (inner if is_within else address)
    return address
