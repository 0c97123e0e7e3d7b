"""JSON that can always be sent: half of a surrogate pair stays escaped instead of breaking it."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import JSONResponse


class Answer(JSONResponse):
    """A JSON answer in ASCII."""

    def render(self, content: Any) -> bytes:
        """The bytes to send."""
        return json.dumps(content, separators=(",", ":")).encode("ascii")
