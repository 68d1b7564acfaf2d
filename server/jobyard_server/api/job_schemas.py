"""
The runs of single jobs in the OpenAPI description: an address and a schema of the inputs for each.

Only jobs that the caller may run are described. The rest of the description is made once per process,
since it is the same for everybody; a job costs the translation of its stored spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from jobyard.input_schema import input_schema
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.models import Job

Schema = dict[str, Any]

MOST: Final = 2000  #: Jobs in one description; ``…/variables/?layout=json-schema`` describes any of them.
RUN: Final = "/api/extras/jobs/{source}/{module}/{job_class}/run/"  #: What the address of each is a case of.


def with_jobs(description: Schema, user: User) -> Schema:
    """*description*, which stays as it is, together with the jobs that *user* may run."""
    general = description["paths"][RUN]["post"]
    answers = {f"Run{code}": answer for code, answer in general["responses"].items()}
    schemas = dict(description["components"]["schemas"])
    paths = dict(description["paths"])
    for job, class_path in _runnable(user):
        name = _free_name(f"Inputs.{class_path}", schemas)
        schemas[name] = _inputs(job)
        paths[f"/api/extras/jobs/{class_path}/run/"] = {"post": _operation(general, job, name)}
    components = {**description["components"], "schemas": schemas, "responses": answers}
    return {**description, "paths": paths, "components": components}


def _runnable(user: User) -> Iterator[tuple[Job, str]]:
    jobs = Job.objects.filter(installed=True, enabled=True, module__revision__isnull=False)
    found = restrict(restrict(jobs, user, "run"), user, "view").select_related("module__source")
    needed = ("name", "job_class_name", "module_name", "spec_json", "overrides", "module__source__key")
    for job in found.only(*needed)[:MOST]:
        yield job, job.class_path


def _inputs(job: Job) -> Schema:
    return {key: value for key, value in input_schema(job.spec).items() if key != "$schema"}


def _free_name(wanted: str, taken: Schema) -> str:
    """A name that the standard allows and no other schema has."""
    name = re.sub(r"[^A-Za-z0-9._-]", ".", wanted)
    number = 2
    while name in taken:
        name = f"{re.sub(r'[^A-Za-z0-9._-]', '.', wanted)}-{number}"
        number += 1
    return name


def _operation(general: Schema, job: Job, name: str) -> Schema:
    """The operation of every run, with the inputs of this job."""
    data = {"$ref": f"#/components/schemas/{name}"}
    body = general["requestBody"]["content"]["application/json"]["schema"]
    own = {**body, "properties": {**body["properties"], "data": data}}
    return {
        **{key: value for key, value in general.items() if key != "parameters"},
        "operationId": f"run_{name.removeprefix('Inputs.')}",
        "summary": f"Run {job.name}",
        "requestBody": {"content": {"application/json": {"schema": own}}},
        "responses": {code: {"$ref": f"#/components/responses/Run{code}"} for code in general["responses"]},
    }
