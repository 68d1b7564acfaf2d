"""What stays of the inputs of a run after its end."""

from __future__ import annotations

from typing import Any

from jobyard_server.runs.models import JobResult


def kept_inputs(result: JobResult) -> dict[str, Any]:
    """Nothing if the job says that they may be sensitive, else all but the secret ones."""
    if result.has_sensitive_variables or result.job_model is None:
        return {}
    secret = {item["name"] for item in result.job_model.spec_json["variables"] if item["secret"]}
    return {name: value for name, value in result.inputs.items() if name not in secret}
