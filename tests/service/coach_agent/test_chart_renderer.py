"""The child process that draws: it comes and goes, is bounded in time, and reaches nothing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from services.coach_agent.clients.chart_renderer import ProcessChartRenderer, RendererLimits
from services.coach_agent.domain.charts.spec import SCHEMA, as_wide_as
from services.coach_agent.domain.charts.theme import Theme
from shared.errors import InternalError, PayloadTooLarge, UpstreamTimeout
from shared.redis import open_redis
from tests.support.service import eventually
from tests.unit.coach_agent.charts.gallery import empty_entries, entries

SPEC = {
    "$schema": SCHEMA,
    "data": {"values": [{"a": 1}]},
    "mark": "point",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


@pytest.fixture
async def renderer(redis_url):
    cache = open_redis(redis_url)
    built = ProcessChartRenderer(cache, RendererLimits(timeout_s=20, idle_s=60, cache_s=60))
    yield built
    await built.close()
    await cache.aclose()


async def test_no_child_runs_until_the_first_chart_and_none_after_closing(renderer):
    assert renderer._child is None
    await renderer.render(SPEC, "image/svg+xml")
    child = renderer._child
    assert child is not None
    await renderer.close()
    assert child.returncode is not None


async def test_a_drawing_is_kept_with_a_lifetime(renderer):
    first = await renderer.render(SPEC, "image/svg+xml")
    [key] = await renderer._cache.keys("coach_agent:chart:*")
    assert 0 < await renderer._cache.ttl(key) <= 60
    await renderer.close()
    assert await renderer.render(SPEC, "image/svg+xml") == first
    assert renderer._child is None


async def test_charts_are_drawn_without_redis(renderer, redis_server):
    redis_server.stop()
    assert (await renderer.render(SPEC, "image/svg+xml")).startswith(b"<svg")


async def test_the_child_dies_with_its_input(renderer):
    await renderer.render(SPEC, "image/svg+xml")
    child = renderer._child
    child.stdin.close()
    async with asyncio.timeout(10):
        assert await child.wait() == 0
    assert (await renderer.render({**SPEC, "title": "again"}, "image/svg+xml")).startswith(b"<svg")


async def test_an_idle_child_is_let_go(redis_url):
    cache = open_redis(redis_url)
    renderer = ProcessChartRenderer(cache, RendererLimits(timeout_s=20, idle_s=0.05, cache_s=60))
    await renderer.render(SPEC, "image/svg+xml")
    child = renderer._child

    async def ended() -> bool:
        return child.returncode is not None

    await eventually(ended)
    await renderer.close()
    await cache.aclose()


async def test_a_killed_child_is_replaced(renderer):
    await renderer.render(SPEC, "image/svg+xml")
    renderer._child.kill()
    await renderer._child.wait()
    assert (await renderer.render({**SPEC, "title": "again"}, "image/svg+xml")).startswith(b"<svg")


async def test_a_drawing_that_takes_too_long_ends_its_child(redis_url):
    cache = open_redis(redis_url)
    renderer = ProcessChartRenderer(cache, RendererLimits(timeout_s=0.01, idle_s=60, cache_s=60))
    with pytest.raises(UpstreamTimeout):
        await renderer.render(SPEC, "image/svg+xml")
    assert renderer._child is None
    await cache.aclose()


async def test_a_drawing_reaches_neither_the_network_nor_the_disk(renderer, tmp_path: Path):
    with pytest.raises(InternalError):
        await renderer.render({**SPEC, "data": {"url": "http://127.0.0.1:9/data.json"}}, "image/svg+xml")
    secret = tmp_path / "secret.json"
    secret.write_text('[{"a": "planted"}]')
    text = {"mark": "text", "encoding": {"text": {"field": "a"}}}
    drawn = await renderer.render({"data": {"url": f"file://{secret}"}, **text}, "image/svg+xml")
    assert b"planted" not in drawn
    assert b"planted" in await renderer.render({"data": {"values": [{"a": "planted"}]}, **text}, "image/svg+xml")


async def test_a_spec_beyond_reason_is_refused(renderer):
    with pytest.raises(PayloadTooLarge):
        await renderer.render({"x": "y" * 2_000_000}, "image/svg+xml")


@pytest.mark.parametrize(("theme", "width"), [(Theme.LIGHT, 360), (Theme.DARK, 800)])
async def test_every_chart_we_make_can_be_drawn_as_wide_as_it_is_asked_for(renderer, theme, width):
    for name, _, spec in (*entries(), *empty_entries()):
        drawn = await renderer.render(as_wide_as(spec(theme), width), "image/svg+xml")
        found = re.search(rb'<svg[^>]* width="([\d.]+)"', drawn)
        assert found, name
        assert float(found[1]) == pytest.approx(width, abs=2), name
        assert b"NaN" not in drawn, name
