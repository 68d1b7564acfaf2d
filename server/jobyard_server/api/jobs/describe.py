"""From the row of a job to what the API answers."""

from __future__ import annotations

from typing import Any, cast

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.api.job_results.shapes import FullResult, ShortResult, ShortSchedule
from jobyard_server.api.jobs.shapes import (
    ByClassPath,
    JobDetailShape,
    JobForLaterShape,
    JobRecordShape,
    JobShape,
    LoadErrorShape,
    RepositoryShape,
    TagShape,
    VariableShape,
)
from jobyard_server.api.links import Links
from jobyard_server.inventory.extras.models import Tag
from jobyard_server.registry.models import GitRepository, Job


def describe_job(job: Job, class_path: str, result: ShortResult | None, links: Links) -> JobShape:
    """*class_path* is asked for because a list knows it without loading module and source of each job."""
    return {**_by_class_path(job, class_path, links), "result": result}


def describe_job_detail(job: Job, result: FullResult | None, links: Links) -> JobDetailShape:
    return {**_by_class_path(job, job.class_path, links), "result": result}


def describe_job_for_later(job: Job, schedule: ShortSchedule, links: Links) -> JobForLaterShape:
    return {**_by_class_path(job, job.class_path, links), "result": None, "schedule": schedule}


def _by_class_path(job: Job, class_path: str, links: Links) -> ByClassPath:
    spec = job.spec_json  # read as it is: a list of jobs needs two keys of each, not the whole description
    return {
        "url": links.job(class_path),
        "id": class_path,
        "pk": job.pk,
        "name": job.name,
        "description": job.description,
        "test_methods": spec.get("test_methods", []),
        "vars": {variable["name"]: variable["type"] for variable in spec.get("variables", [])},
        "installed": job.installed,
        "enabled": job.enabled,
    }


def describe_record(job: Job, links: Links) -> JobRecordShape:
    spec = job.spec
    module = job.module
    return {
        "id": job.pk,
        "url": links.job_record(job.pk),
        "display": job.name,
        "class_path": job.class_path,
        "source": job.source,
        "module_name": job.module_name,
        "job_class_name": job.job_class_name,
        "slug": job.slug,
        "grouping": job.grouping,
        "name": job.name,
        "description": job.description,
        "installed": job.installed,
        "enabled": job.enabled,
        "is_job_hook_receiver": spec.is_job_hook_receiver,
        "is_job_button_receiver": spec.is_job_button_receiver,
        "has_sensitive_variables": spec.has_sensitive_variables,
        "approval_required": spec.approval_required,
        "commit_default": spec.commit_default,
        "hidden": job.hidden,
        "read_only": job.read_only,
        "soft_time_limit": spec.soft_time_limit,
        "time_limit": spec.time_limit,
        "task_queues": spec.task_queues,
        "grouping_override": "grouping" in job.overrides,
        "name_override": "name" in job.overrides,
        "description_override": "description" in job.overrides,
        "approval_required_override": "approval_required" in job.overrides,
        "commit_default_override": "commit_default" in job.overrides,
        "hidden_override": "hidden" in job.overrides,
        "read_only_override": "read_only" in job.overrides,
        "soft_time_limit_override": "soft_time_limit" in job.overrides,
        "time_limit_override": "time_limit" in job.overrides,
        "has_sensitive_variables_override": "has_sensitive_variables" in job.overrides,
        "task_queues_override": "task_queues" in job.overrides,
        "tags": [describe_tag(tag, links) for tag in job.tags.all()],
        "created": job.created,
        "last_updated": job.last_updated,
        "git_repository": describe_repository(module.source.git_repository, links),
        "effective_commit": module.revision.identifier if module.revision else None,
        "load_error": _load_error(module.load_error),
    }


def describe_tag(tag: Tag, links: Links) -> TagShape:
    named = {"name": tag.name, "slug": tag.slug, "display": tag.name, "color": tag.color}
    return {"id": tag.pk, "url": links.row(tag), **named}  # type: ignore[typeddict-item]  # four texts


def describe_repository(repository: GitRepository | None, links: Links) -> RepositoryShape | None:
    if repository is None:
        return None
    return {
        "id": repository.pk,
        "url": links.git_repository(repository.pk),
        "name": repository.name,
        "slug": repository.slug,
        "display": repository.name,
    }


def _load_error(error: dict[str, Any] | None) -> LoadErrorShape | None:
    if not error:
        return None
    return {
        "commit": error.get("commit"),
        "path": error.get("path"),
        "line": error.get("line"),
        "message": error.get("message"),
        "traceback": error.get("traceback"),
    }


def describe_variables(spec: JobSpec) -> list[VariableShape]:
    return [describe_variable(variable) for variable in spec.variables]


def describe_variable(variable: VariableSpec) -> VariableShape:
    """Name and type, and of the rest what applies to this variable."""
    shown = _options(variable)
    if variable.has_default and not variable.secret:
        shown["default"] = variable.default
    if variable.secret:
        shown["secret"] = True
    if variable.model is not None:
        shown["display_field"] = variable.display_field
    return shown


def _options(variable: VariableSpec) -> VariableShape:
    options = {
        "name": variable.name,
        "type": variable.type,
        "label": variable.label,
        "help_text": variable.description,
        "required": variable.required,
        "min_length": variable.min_length,
        "max_length": variable.max_length,
        "min_value": variable.min_value,
        "max_value": variable.max_value,
        "choices": variable.choices,
        "model": variable.model,
        "regex": variable.regex,
        "min_prefix_length": variable.min_prefix_length,
        "max_prefix_length": variable.max_prefix_length,
        "query_params": variable.query_params,
        "null_option": variable.null_option,
    }
    return cast(VariableShape, {name: value for name, value in options.items() if value is not None})
