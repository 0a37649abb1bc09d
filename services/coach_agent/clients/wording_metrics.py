"""What happens to the texts of language models, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter

from services.coach_agent.domain.wording.rejections import RejectionKind


class WordingMetrics:
    def __init__(self, registry: CollectorRegistry) -> None:
        self._rejections = Counter(
            "wording_rejections_total", "What was held against texts of models.", ["model", "kind"], registry=registry
        )
        self._ends = Counter("wording_ends_total", "How a model's part ended.", ["model", "outcome"], registry=registry)
        self._calls = Counter(
            "wording_tool_calls_total", "What models asked of tools.", ["tool", "granted"], registry=registry
        )

    def rejected(self, model: str, kind: RejectionKind) -> None:
        self._rejections.labels(model, kind.value).inc()

    def ended(self, model: str, outcome: str) -> None:
        self._ends.labels(model, outcome).inc()

    def tool_called(self, tool: str, *, granted: bool) -> None:
        self._calls.labels(tool, str(granted).lower()).inc()
