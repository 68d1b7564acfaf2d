"""Pages over a thousand jobs and a hundred thousand runs, as a browser gets them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.e2e.installation import Installation

from bench.browser import Browser
from bench.client import Client
from bench.figures import Figure, repeat

MODULES, JOBS_EACH, RUNS = 50, 20, 100_000
DESCRIPTION = "Looks at every port and tells which ones differ from what is planned."
JOB = '''
class Check{number}(Job):
    """One of very many."""

    who = StringVar(default="x")

    class Meta:
        name = "Check {number} of {module}"
        description = "{description}"

    def run(self, data, commit):
        pass

'''
#: Written by the database itself, spread over the jobs; each fifth job was never run.
FILL = """
INSERT INTO extras_jobresult SELECT run.*
FROM (SELECT *, row_number() OVER (ORDER BY module_name, job_class_name) - 1 AS place FROM extras_job) job
JOIN generate_series(1, {runs}) n ON n % (SELECT count(*) FROM extras_job) = job.place AND job.place % 5 > 0
CROSS JOIN (
    SELECT one FROM extras_jobresult one WHERE job_model_id IS NOT NULL ORDER BY created LIMIT 1
) model (run)
CROSS JOIN LATERAL jsonb_populate_record(model.run, jsonb_build_object(
    'id', gen_random_uuid(), 'job_model_id', job.id, 'created', now() - n * interval '1 minute',
    'completed', now() - n * interval '1 minute' + interval '2 seconds',
    'status', CASE n % 7 WHEN 0 THEN 'failed' ELSE 'completed' END,
    'counters', jsonb_build_array(jsonb_build_object(
        'grouping', 'run', 'success', n % 9, 'info', 4, 'warning', 0, 'failure', 0, 'rows', 4))
)) run
"""
RUN = """
from django.db import connection
with connection.cursor() as cursor:
    for statement in {statements!r}:
        cursor.execute(statement)
"""
PAGES = {
    "list of jobs": "/extras/jobs/",
    "list of jobs, searched": "/extras/jobs/?q=check+17",
    "list of jobs, last one failed": "/extras/jobs/?last=failed",
    "first page": "/",
    "list of results": "/extras/job-results/",
}


def measure_many_jobs(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    """Save the jobs, invent their runs, then read."""
    names = [f"many_{number}" for number in range(MODULES)]
    for name in names:
        text = "".join(
            JOB.format(number=number, module=name, description=DESCRIPTION) for number in range(JOBS_EACH)
        )
        path = installation.jobs_root / f"{name}.py"
        path.write_text(f"from jobyard import Job, StringVar\n\n{text}", encoding="utf-8")
    for name in names:
        client.await_listed(
            f"local/{name}/Check0", "Looks at every port and tells which ones differ from what is planned."
        )
    statements = (FILL.format(runs=RUNS), "ANALYZE extras_jobresult", "ANALYZE extras_job")
    installation.command("manage", "shell", "-v", "0", "-c", RUN.format(statements=statements))
    browser = Browser(installation.url)
    browser.log_in()
    compared = {"/extras/jobs/": "0.56 / 0.61", "/extras/job-results/": "2.8 / 3.3"}
    for what, path in PAGES.items():
        samples = repeat(times, lambda _number, path=path: browser.seconds(path))
        yield Figure(
            what=f"{what}, {MODULES * JOBS_EACH:,} jobs and {RUNS:,} runs",
            samples=samples,
            compared=compared.get(path, "-"),
        )
