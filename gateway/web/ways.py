"""Where a person goes next: back to the page they were on, and never to another site."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

HOME = "/today"
# Whoever has just signed up brings in runs first; everything else is made of them.
FIRST = "/runs"
# Only addresses of pages that need a sign-in; everything else leads home. A list of what is allowed cannot be
# outwitted by a browser's own idea of an address (//host, /\\host, tabs and newlines).
_PAGE = re.compile(
    r"/(today|runs|fitness|plan|coach|sources|account|jobs)"
    r"(/[0-9A-Za-z-]{1,64})?(\?[A-Za-z0-9=&%._~-]{0,300})?",
    re.ASCII,
)


def safe_return(address: str | None, *, otherwise: str = HOME) -> str:
    """``address`` if it is one of our pages, else ``otherwise``."""
    return address if address is not None and _PAGE.fullmatch(address) else otherwise


def way_back(request: web.Request) -> str:
    """Where to return to after signing in: the page itself, or the one that holds the form that was sent."""
    if request.method in {"GET", "HEAD"}:
        return safe_return(request.path_qs)
    return safe_return("/" + request.path.split("/", 2)[1])


def sign_in_address(request: web.Request, *, ended: bool) -> str:
    address = f"/sign-in?next={quote(way_back(request), safe='')}"
    return f"{address}&ended=1" if ended else address
