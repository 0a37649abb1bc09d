"""Taking in what Garmin sends: verify, store, answer. The work comes later."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from services.garmin_ingest.domain.garmin.notifications import (
    LARGEST_BODY,
    MIB,
    require_beginning,
    require_notification,
)
from services.garmin_ingest.domain.garmin.webhook_ports import PayloadStore
from shared.errors import NotFound, PayloadTooLarge

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Up to here a body is judged whole while Garmin waits.
_JUDGED_AT_ONCE = MIB


@dataclass(frozen=True, slots=True)
class Inbox:
    """``secret`` is part of the address that Garmin was given; without one there is no such address. Without
    ``networks`` every sender may use it.
    """

    store: PayloadStore
    secret: str | None = field(repr=False)
    networks: tuple[Network, ...] = ()

    def require_garmin(self, secret: str, address: str) -> None:
        """Raises NotFound, the same for a wrong secret, a wrong sender and an address that is not in use."""
        known = hmac.compare_digest(secret.encode(errors="replace"), (self.secret or "").encode())
        if self.secret is None or not known or not self._is_allowed(address):
            raise NotFound("There is nothing at this address.")

    async def take(self, pieces: AsyncIterator[bytes]) -> None:
        """Raises PayloadTooLarge, MalformedBody and ValidationFailed, and then nothing is kept."""
        payload = self.store.create()
        head, size = bytearray(), 0
        async for piece in pieces:
            size += len(piece)
            if size > LARGEST_BODY:
                raise PayloadTooLarge(f"That is more than this address takes ({LARGEST_BODY // MIB} MiB).")
            head += piece[: _JUDGED_AT_ONCE + 1 - len(head)]
            await payload.write(piece)
        if size <= _JUDGED_AT_ONCE:
            require_notification(bytes(head))
        else:
            require_beginning(bytes(head[:4096]))
        await payload.keep()

    def _is_allowed(self, address: str) -> bool:
        if not self.networks:
            return True
        try:
            sender = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(sender in network for network in self.networks)
