"""One exchange with Vault on a connection of its own, which another thread can cut.

A read time-out alone does not bound an exchange: it starts anew with every byte, so that an answer which only drips
would hold its thread for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import hvac
import requests
from requests.adapters import HTTPAdapter
from urllib3.connectionpool import HTTPConnectionPool

ResultT = TypeVar("ResultT")
Operation = Callable[[hvac.Client], ResultT]

# A lost SYN is sent again after 1 s, and still in time.
_CONNECT_TIMEOUT_S = 1.5
_READ_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultAccess:
    """Where Vault is and how this process logs in. ``ca_file`` is for a certificate of one's own authority."""

    address: str
    role_id: str = field(repr=False)
    secret_id: str = field(repr=False)
    mount: str = "secret"
    namespace: str | None = None
    ca_file: str | None = None


class Line:
    """One exchange; ``run`` belongs to a thread, ``cut`` to whoever waits for it."""

    def __init__(self, access: VaultAccess, token: str) -> None:
        self._access = access
        self._token = token
        self._sockets: list[socket.socket] = []
        self._is_cut = threading.Event()

    def run(self, operation: Operation[ResultT]) -> ResultT:
        access = self._access
        with requests.Session() as session:
            # Neither a proxy nor a .netrc of the surroundings belongs between a process and its Vault.
            session.trust_env = False
            session.verify = access.ca_file or True
            for scheme in ("http://", "https://"):
                session.mount(scheme, _Transport(self))
            client = hvac.Client(
                access.address,
                token=self._token,  # never None: hvac would look for somebody's token in the environment
                session=session,
                namespace=access.namespace,
                timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S),
                allow_redirects=False,  # a redirect would take the token to another host
            )
            return operation(client)

    def cut(self) -> None:
        self._is_cut.set()
        for opened in tuple(self._sockets):
            with contextlib.suppress(OSError):  # closed already
                opened.shutdown(socket.SHUT_RDWR)

    def watched(self, connection: Any) -> Any:
        """The same connection, its socket remembered: it lets go of it before an answer is read to its end."""
        connect = connection.connect

        def connect_and_remember() -> None:
            connect()
            self._sockets.append(connection.sock)
            if self._is_cut.is_set():
                raise requests.ConnectionError

        connection.connect = connect_and_remember
        return connection


class _Transport(HTTPAdapter):
    """Lets the line watch the connections that are made for it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(max_retries=0)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        line, make = self._line, type(pool).ConnectionCls
        pool.ConnectionCls = lambda **options: line.watched(make(**options))  # type: ignore[assignment] # it is only called
        return pool
