"""What Prometheus scrapes from a process: requests by route and status, and their time."""

from __future__ import annotations

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from shared.resilience import Breaker

METRICS: web.AppKey[Metrics]


class Metrics:
    """The metrics of one application; a registry of its own, so that nothing is shared between applications."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests_total", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "http_request_duration_seconds", "Time to answer.", ["method", "route"], registry=self.registry
        )
        self._breakers = Gauge("breaker_open", "1 while a breaker is not closed.", ["breaker"], registry=self.registry)

    def observe(self, *, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def watch(self, breaker: Breaker) -> None:
        self._breakers.labels(breaker.name).set_function(lambda: float(breaker.state != "closed"))

    async def handle(self, _: web.Request) -> web.Response:
        return web.Response(body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


METRICS = web.AppKey("metrics", Metrics)
