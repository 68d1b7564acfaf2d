"""
What a script of a user does with pynautobot, whichever release; test_clients.py runs it.

Arguments: the address, the token and a Git URL. Prints what it saw as JSON.
"""

from __future__ import annotations

import json
import sys
import time

import pynautobot

PATIENCE_SECONDS = 60
ACTIVE = ("Pending", "Running", "pending", "running")


def run_a_job(api):
    """Start a job with inputs, by the id that a list gave, and wait for its end."""
    (job,) = api.extras.jobs.filter(name="GreetClients")
    accepted = api.extras.jobs.run(job_id=job.id, data={"who": "World"}, commit=True)
    result = accepted.job_result
    end = time.monotonic() + PATIENCE_SECONDS
    while str(result.status) in ACTIVE and time.monotonic() < end:
        time.sleep(0.05)  # a script polls
        result = api.extras.job_results.get(result.id)
    rows = api.extras.job_logs.filter(job_result=result.id)
    return {
        "installed": job.installed,
        "status": str(result.status),
        "log": [(row.grouping, row.log_level, row.message) for row in rows],
        "results": api.extras.job_results.count(),
    }


def run_by_class_path(api):
    """
    Without a version the list has class paths for ids, and a run answers with the job.

    For clients of 1.x: newer ones ask for records, and cannot show a job with a variable called ``notes``.
    """
    if not pynautobot.__version__.startswith("1."):
        return None
    (job,) = [job for job in api.extras.jobs.all() if job.id == "local/greeting/GreetClients"]
    return str(api.extras.jobs.run(job_id=job.id, data={"who": "again"}).result.status)


def decide_about_a_job(api):
    (job,) = api.extras.jobs.filter(name="GreetClients")
    job.update({"enabled": False})
    again = api.extras.jobs.get(job.id)  # a record compares with what it was when it was read
    disabled = again.enabled
    again.update({"enabled": True})
    return {"disabled": disabled is False, "enabled": api.extras.jobs.get(job.id).enabled}


def keep_a_repository(api, url, name):
    made = api.extras.git_repositories.create(
        name=name, slug=name.lower(), remote_url=url, branch="main", provided_contents=["extras.job"]
    )
    found = api.extras.git_repositories.get(name=name)
    found.update({"branch": "other"})
    branch = api.extras.git_repositories.get(made.id).branch
    return {"branch": branch, "deleted": found.delete(), "left": api.extras.git_repositories.get(name=name)}


def keep_inventory(api, name):
    status = api.extras.statuses.get(name="Active")
    region = api.dcim.regions.create(name=f"Region {name}", slug=f"region-{name}")
    site = api.dcim.sites.create(name=f"Site {name}", slug=f"site-{name}", status=status.id, region=region.id)
    site.description = "seen by a script"
    saved = site.save()
    shown = api.dcim.sites.get(slug=f"site-{name}")
    seen = {"saved": saved, "description": shown.description, "region": shown.region.name, "count": None}
    seen["count"] = len(api.dcim.sites.filter(region=region.slug))
    seen["statuses"] = [choice["value"] for choice in api.dcim.sites.choices()["status"]]
    return {**seen, "deleted": [shown.delete(), region.delete()]}


def main():
    address, token, git_url, name = sys.argv[1:]
    api = pynautobot.api(address, token=token, api_version="1.6")
    plain = pynautobot.api(address, token=token)
    api.http_session.trust_env = plain.http_session.trust_env = False
    sys.stdout.write(
        json.dumps(
            {
                "release": pynautobot.__version__,
                "run": run_a_job(api),
                "by_class_path": run_by_class_path(plain),
                "decided": decide_about_a_job(api),
                "repository": keep_a_repository(api, git_url, f"Repo{name}"),
                "inventory": keep_inventory(api, name),
            }
        )
    )


if __name__ == "__main__":
    main()
