"""Forms of ours pass; those of another site, of another session or of another scope do not."""

from __future__ import annotations

import pytest
from aiohttp.test_utils import make_mocked_request

from gateway.web.forms import ForeignForm, FormGuard, require_own_origin

GUARD = FormGuard(bytes(range(32)))


def posted(**headers: str):
    return make_mocked_request(
        "POST", "/coach", headers={"Host": "pace.example", **{name.replace("_", "-"): v for name, v in headers.items()}}
    )


def test_a_token_opens_its_own_session_only():
    token = GUARD.token("seed-1")
    GUARD.check(token, "seed-1")
    for presented, seed in (
        (token, "seed-2"),
        (None, "seed-1"),
        ("", "seed-1"),
        (token[:-1], "seed-1"),
        ("ä", "seed-1"),
    ):
        with pytest.raises(ForeignForm):
            GUARD.check(presented, seed)


def test_a_token_of_one_scope_opens_no_other():
    upload = GUARD.token("seed", "/runs/import")
    GUARD.check(upload, "seed", "/runs/import")
    for scope in ("", "/coach"):
        with pytest.raises(ForeignForm):
            GUARD.check(upload, "seed", scope)
    with pytest.raises(ForeignForm):
        GUARD.check(GUARD.token("seed"), "seed", "/runs/import")


def test_another_key_makes_other_tokens():
    with pytest.raises(ForeignForm):
        GUARD.check(FormGuard(bytes(32)).token("seed"), "seed")


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://proxy.internal"},
        {"Origin": "https://pace.example"},
        {},
    ],
)
def test_a_form_of_ours_passes(headers):
    require_own_origin(posted(**headers))


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "cross-site", "Origin": "https://pace.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://pace.example.evil.example"},
        {"Origin": "https://pace.example:8443"},
        {"Origin": "null"},
        {"Origin": "https://[half"},
    ],
)
def test_a_form_from_elsewhere_is_refused(headers):
    with pytest.raises(ForeignForm) as refused:
        require_own_origin(posted(**headers))
    assert refused.value.code == "AUTH_FORBIDDEN"
