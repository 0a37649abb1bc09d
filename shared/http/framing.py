"""Which requests are read by every HTTP server alike; the others are refused before anybody acts on them.

The parser lets some pass that two servers would take for different requests (RFC 9112, sections 2.3, 3.2, 6.1), and a
disagreement between gateway and service is how one user's request ends up in another's.
"""

from __future__ import annotations

from aiohttp import HttpVersion10, HttpVersion11, hdrs, web


def framing_problem(request: web.BaseRequest) -> int | None:
    """The status with which to refuse ``request``, or None."""
    if request.version not in {HttpVersion10, HttpVersion11}:
        return 505
    if _is_ambiguous(request):
        return 400
    expectations = request.headers.getall(hdrs.EXPECT, [])
    if expectations and (expectations[1:] or expectations[0].strip().lower() != "100-continue"):
        return 417
    return None


def _is_ambiguous(request: web.BaseRequest) -> bool:
    headers = request.headers
    codings = headers.getall(hdrs.TRANSFER_ENCODING, [])
    lengths = headers.getall(hdrs.CONTENT_LENGTH, [])
    hosts = headers.getall(hdrs.HOST, [])
    if codings and (request.version == HttpVersion10 or codings[1:] or codings[0].strip().lower() != "chunked"):
        return True
    if len(lengths) > 1 or (codings and lengths):
        return True
    return len(hosts) > 1 or (not hosts and request.version == HttpVersion11)
