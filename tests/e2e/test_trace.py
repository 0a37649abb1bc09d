"""One question is one trace: gateway → coach_agent → garmin_ingest, and one request id in the logs of all three."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.builders import build_fit
from tests.support.client import ApiClient
from tests.support.stack import Stack

HOPS = ("gateway", "coach_agent", "garmin_ingest")


class OtlpReceiver:
    """Takes OTLP over HTTP and keeps each span as (service, trace id, span id, parent id, attributes)."""

    def __init__(self) -> None:
        self.spans: list[dict[str, Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.take(self.rfile.read(int(self.headers["Content-Length"])), self.headers)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def take(self, body: bytes, headers: Any) -> None:
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(each.value.string_value for each in group.resource.attributes if each.key == "service.name")
            for scope in group.scope_spans:
                for span in scope.spans:
                    attributes = {each.key: each.value.string_value for each in span.attributes}
                    self.spans.append(
                        {
                            "service": service,
                            "trace": span.trace_id.hex(),
                            "id": span.span_id.hex(),
                            "parent": span.parent_span_id.hex(),
                            "requestId": attributes.get("pace42.request_id"),
                        }
                    )

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def receiver() -> Iterator[OtlpReceiver]:
    receiver = OtlpReceiver()
    yield receiver
    receiver.close()


@pytest.fixture
def traced_stack(tmp_path, stack_environment, receiver: OtlpReceiver) -> Iterator[Stack]:
    stack = Stack(tmp_path / "data", stack_environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})
    try:
        stack.start()
        yield stack
        stack.stop()
    finally:
        stack.kill()


@pytest.mark.timeout(150)
def test_a_question_is_one_trace_with_one_request_id(traced_stack: Stack, receiver: OtlpReceiver):
    client = ApiClient(traced_stack.url)
    client.sign_up()
    client.upload(("run.fit", build_fit(duration_s=1500)))
    reply = client.api("POST", "/chat", {"message": "Analyze my last run"}, headers={"X-Request-Id": "walk-0001-trace"})
    assert reply.status == 200
    assert reply.headers["X-Request-Id"] == "walk-0001-trace"

    until = time.monotonic() + 20
    while True:
        entries = [span for span in receiver.spans if span["requestId"] == "walk-0001-trace"]
        if {span["service"] for span in entries} >= set(HOPS):
            break
        assert time.monotonic() < until, {span["service"] for span in entries}
        time.sleep(0.1)
    assert len({span["trace"] for span in entries}) == 1
    trace = entries[0]["trace"]
    by_id = {span["id"]: span for span in receiver.spans if span["trace"] == trace}
    ingest = next(span for span in entries if span["service"] == "garmin_ingest")
    assert services_above(ingest, by_id) == ["garmin_ingest", "coach_agent", "gateway"]

    for hop in HOPS:
        lines = [json.loads(line) for line in log_lines(traced_stack, hop)]
        mine = [line for line in lines if line.get("requestId") == "walk-0001-trace"]
        assert mine, hop
        assert {line["traceId"] for line in mine if "traceId" in line} == {trace}, hop


def services_above(span: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> list[str]:
    """The services on the way from a span up to its root, each once."""
    services: list[str] = []
    while span is not None:
        if not services or services[-1] != span["service"]:
            services.append(span["service"])
        span = by_id.get(span["parent"])
    return services


def log_lines(stack: Stack, process: str) -> list[str]:
    path = stack.folder / "logs" / f"{process}.log"
    return [line for line in path.read_text().splitlines() if line.startswith("{")]
