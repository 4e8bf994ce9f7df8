"""Proofs as they are downloaded."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response


def proof_file(made: dict[str, Any], name: str) -> Response:
    """A proof as it is downloaded."""
    response = Response(json.dumps(made, ensure_ascii=False, indent=1), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="proof-{name}.json"'
    return response
