"""Traces: one W3C trace across every hop, exported over OTLP when ``OTEL_EXPORTER_OTLP_ENDPOINT`` is set.

Without an endpoint the ids are still made and passed on, so that the logs of all services share a ``traceId``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(frozen=True, slots=True)
class Telemetry:
    """The tracer of one process; ``close`` sends what is still buffered."""

    provider: TracerProvider = field(repr=False)
    tracer: trace.Tracer = field(repr=False)

    @contextmanager
    def span(self, name: str, kind: SpanKind, *, parent: Mapping[str, str] | None = None) -> Iterator[Span]:
        """A span that becomes the current one; ``parent`` holds the carrier headers of the one before, if any.

        Exceptions mark the span as failed by their type only: their text may hold what must not leave the process.
        """
        context = _PROPAGATOR.extract(parent) if parent is not None else None
        with self.tracer.start_as_current_span(
            name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except Exception as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    def close(self) -> None:
        self.provider.shutdown()


def configure(process: str, otlp_endpoint: str | None) -> Telemetry:
    """The telemetry of a process; ``otlp_endpoint`` is the base URL of an OTLP/HTTP receiver."""
    provider = TracerProvider(resource=Resource({"service.name": process, "service.namespace": "pace42"}))
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces", timeout=5)
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    return Telemetry(provider, provider.get_tracer("pace42"))


def carrier() -> dict[str, str]:
    """The headers that hand the current trace to the next hop."""
    headers: dict[str, str] = {}
    _PROPAGATOR.inject(headers)
    return headers


def current_trace_id() -> str | None:
    """The current trace's id as 32 hexadecimal digits."""
    context = trace.get_current_span().get_span_context()
    return f"{context.trace_id:032x}" if context.is_valid else None
