"""The process that draws: Vega-Lite in, SVG or PNG out, one JSON object a line on stdin and stdout.

It holds a JavaScript engine of some 170 MB, so it is started with the first chart and let go when none is asked for. It
ends when stdin ends, and so never outlives its parent. Nothing it draws may fetch anything: no base URL is allowed.
"""

from __future__ import annotations

import base64
import sys
from typing import Any

import orjson

VEGA_LITE = "5.21"
PNG_SCALE = 2.0


def draw(request: dict[str, Any]) -> bytes:
    import vl_convert

    if request["mediaType"] == "image/png":
        png: bytes = vl_convert.vegalite_to_png(
            request["spec"], vl_version=VEGA_LITE, scale=PNG_SCALE, allowed_base_urls=[]
        )
        return png
    svg: str = vl_convert.vegalite_to_svg(request["spec"], vl_version=VEGA_LITE, allowed_base_urls=[])
    return svg.encode()


def main() -> None:
    """Answer each line with ``{"data": base64}`` or ``{"error": text}`` until stdin ends."""
    for line in sys.stdin.buffer:
        try:
            answer = {"data": base64.b64encode(draw(orjson.loads(line))).decode()}
        except Exception as error:  # noqa: BLE001 - whatever a drawing raises, the next one may succeed
            answer = {"error": str(error)[:500]}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
