"""What the endpoints of jobs share."""

from __future__ import annotations

from typing import ClassVar

from django.utils.functional import cached_property

from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.job_results.endpoints import asked_layout
from jobyard_server.api.job_results.shapes import FullResult
from jobyard_server.api.views import ApiView
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult


class JobView(ApiView):
    """An endpoint about jobs; their module, source and revision come with them in one query."""

    model = Job
    queryset = Job.objects.select_related(
        "module__source__git_repository", "module__revision"
    ).prefetch_related("tags")
    refusals: ClassVar = {
        "view": "This user does not have permission to view jobs.",
        "run": "This user does not have permission to run jobs.",
    }

    @cached_property
    def describer(self) -> ResultDescriber:
        return ResultDescriber(self.links, self.request.version)

    def describe_result(self, job: Job, result: JobResult | None) -> FullResult | None:
        """The result of *job* in full, its inputs without the secret ones."""
        if result is None:
            return None
        secrets = frozenset(variable.name for variable in job.spec.variables if variable.secret)
        return self.describer.full(result, layout=asked_layout(self.request), secrets=secrets)
