"""A form that cannot be read is the sender's mistake, and said as one."""

from __future__ import annotations

import pytest

from tests.service.web.conftest import Browser

MULTIPART = "multipart/form-data"


def part(headers: bytes, content: bytes = b"x", *, end: bytes = b"--b--\r\n") -> bytes:
    """A multipart body of one field, with the boundary ``b``."""
    return b'--b\r\nContent-Disposition: form-data; name="email"\r\n' + headers + b"\r\n" + content + b"\r\n" + end


UNREADABLE = {
    "no boundary": (MULTIPART, part(b"")),
    "another boundary": (f"{MULTIPART}; boundary=other", part(b"")),
    "an unknown charset": ("application/x-www-form-urlencoded; charset=klingon", b"email=x"),
    "text that is not UTF-8": ("application/x-www-form-urlencoded; charset=utf-8", b"email=\xff\xfe"),
    "an unknown charset of a part": (
        f"{MULTIPART}; boundary=b",
        part(b"Content-Type: text/plain; charset=klingon\r\n"),
    ),
    "a part that is not UTF-8": (f"{MULTIPART}; boundary=b", part(b"", b"\xff\xfe")),
    "an end that is missing": (f"{MULTIPART}; boundary=b", part(b"", end=b"")),
    "an unknown transfer encoding": (f"{MULTIPART}; boundary=b", part(b"Content-Transfer-Encoding: rot13\r\n")),
}


@pytest.mark.parametrize("what", UNREADABLE)
async def test_a_form_that_cannot_be_read_is_refused_on_a_page_and_to_a_script(browser: Browser, what: str):
    content_type, body = UNREADABLE[what]
    headers = {"Content-Type": content_type, "Sec-Fetch-Site": "same-origin"}
    page = await browser.request("POST", "/sign-in", data=body, headers=headers)
    assert page.status == 400
    assert b"This form cannot be read" in page.body
    answer = await browser.request("POST", "/sign-in", data=body, headers=headers | {"X-Fragment": "1"})
    assert (answer.status, answer.code) == (400, "VALIDATION_ERROR")
    assert browser.services.called("POST", "/api/v1/auth/login") == []
