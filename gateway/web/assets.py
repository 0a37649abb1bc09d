"""Templates and static files, read once at start: a page is rendered without touching a disk."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web
from jinja2 import DictLoader, StrictUndefined

from shared.errors import NotFound

_HERE = Path(__file__).parent
_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"
# A page of the version before this one asks for its files once more during an update.
_BRIEFLY = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Assets:
    """``version`` is a digest of all static files and part of their address, so that they may be kept for ever."""

    templates: Mapping[str, str]
    files: Mapping[str, bytes]
    version: str

    @classmethod
    def read(cls) -> Assets:
        """From the folders beside this file; blocking."""
        templates = {path.name: path.read_text("utf-8") for path in sorted((_HERE / "templates").iterdir())}
        files = {path.name: path.read_bytes() for path in sorted((_HERE / "static").iterdir())}
        digest = hashlib.sha256()
        for name, content in files.items():
            digest.update(f"{name} {len(content)}\n".encode() + content)
        return cls(templates, files, digest.hexdigest()[:12])

    def address(self, name: str) -> str:
        """The address of a static file. A KeyError is a misspelt name in a template."""
        self.files[name]
        return f"/static/{self.version}/{name}"

    def install(self, app: web.Application) -> None:
        """Make the templates of ``app`` and serve the static files."""
        environment = aiohttp_jinja2.setup(
            app,
            loader=DictLoader(dict(self.templates)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["asset"] = self.address
        app.router.add_get("/static/{version}/{name}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        content, media_type = self.files.get(name), _MEDIA_TYPES.get(Path(name).suffix)
        if content is None or media_type is None:
            raise NotFound("There is no such file.")
        response = web.Response(body=content, content_type=media_type, charset="utf-8")
        response.headers["Cache-Control"] = _FOREVER if request.match_info["version"] == self.version else _BRIEFLY
        return response
