"""How often anybody may log in at Garmin. Garmin locks accounts and blocks addresses that try too often."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.garmin_ingest.domain.errors import GarminRateLimited
from services.garmin_ingest.domain.garmin.log_in_ports import LogInStore
from services.garmin_ingest.domain.garmin.ports import LogInKind
from shared.clock import Clock
from shared.errors import RateLimited
from shared.zones import zone as zone_called

# Per account of Garmin, but for "by_runner": one runner here who tries the accounts of others one after the other.
_LIMITS: Mapping[LogInKind, tuple[int, dt.timedelta]] = {
    "typed": (5, dt.timedelta(hours=1)),
    "automatic": (1, dt.timedelta(minutes=15)),
    "by_runner": (20, dt.timedelta(hours=1)),
}
# Garmin's log-in page asks for patience mostly without saying how much, and each try meanwhile makes it longer.
_PATIENCE = dt.timedelta(minutes=30)
_SHORTEST, _LONGEST = dt.timedelta(minutes=1), dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class LogIns:
    """Log-ins are counted by the keyed hash of the account's name, whoever types it."""

    store: LogInStore
    clock: Clock

    async def admit(self, login_hash: bytes, kind: LogInKind, *, zone: str = "UTC") -> None:
        """Count one log-in. Raises RateLimited, and GarminRateLimited while the account cools down."""
        now = self.clock.now()
        most, within = _LIMITS[kind]
        admission = await self.store.admit(login_hash, kind, at=now, most=most, within=within)
        if admission.cooldown_until is not None:
            raise asks_to_wait(admission.cooldown_until, now, zone)
        if admission.free_at is not None:
            raise RateLimited(
                "Garmin locks accounts after many log-ins, so Pace42 tries only now and then."
                f" Try again after {_moment(admission.free_at, now, zone)}.",
                retry_after_s=_seconds(admission.free_at - now),
            )

    async def cool_down(self, login_hash: bytes, until: dt.datetime) -> None:
        await self.store.cool_down(login_hash, until)

    async def cooldown_until(self, login_hash: bytes) -> dt.datetime | None:
        return await self.store.cooldown_until(login_hash, at=self.clock.now())

    @asynccontextmanager
    async def heeding(self, login_hash: bytes | None, *, zone: str) -> AsyncIterator[None]:
        """Let the account cool down where Garmin asks for it. Raises GarminRateLimited that says until when."""
        try:
            yield
        except GarminRateLimited as error:
            now = self.clock.now()
            until = now + patience(error)
            if login_hash is not None:
                await self.store.cool_down(login_hash, until)
            raise asks_to_wait(until, now, zone) from error


def patience(error: GarminRateLimited) -> dt.timedelta:
    """How long to leave the account alone: what Garmin says, within reason."""
    if error.retry_after_s is None:
        return _PATIENCE
    return min(max(dt.timedelta(seconds=error.retry_after_s), _SHORTEST), _LONGEST)


def asks_to_wait(until: dt.datetime, now: dt.datetime, zone: str) -> GarminRateLimited:
    return GarminRateLimited(
        f"Garmin asks us to wait until {_moment(until, now, zone)} before it is tried again.",
        retry_after_s=_seconds(until - now),
    )


def _moment(then: dt.datetime, now: dt.datetime, zone: str) -> str:
    """A minute of the runner's clock that is not before ``then``; with the day where that is another one."""
    there = zone_called(zone)
    local = (then + dt.timedelta(seconds=59)).astimezone(there)
    is_today = local.date() == now.astimezone(there).date()
    return f"{local:%H:%M}" if is_today else f"{local:%H:%M} on {local:%Y-%m-%d}"


def _seconds(duration: dt.timedelta) -> float:
    return max(1.0, duration.total_seconds())
