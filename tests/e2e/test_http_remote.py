"""A repository behind HTTP that wants a token: the token reaches its server, and nothing else."""

from __future__ import annotations

import subprocess

from tests.e2e.installation import until
from tests.e2e.repositories import Repository
from tests.repos.git_http import GitServer

JOB = """
from jobyard import Job


class Hello(Job):
    def run(self, data, commit):
        return "over http"
"""
TOKEN = "canary-4f9d2c7be1"


def test_a_token_opens_its_repository_and_is_found_nowhere(private_installation, tmp_path):
    repository = Repository(tmp_path / "git")
    repository.push(hello=JOB)
    installation = private_installation(JOBYARD_GIT_ALLOWED_NETS="127.0.0.0/8")
    installation.start()
    with GitServer(repository.bare.parent) as server:
        server.switches.user_and_token = ("bob", TOKEN)
        record = {
            "name": "Behind http",
            "remote_url": server.url(repository.bare.name),
            "username": "bob",
            "token": "wrong-token",
            "provided_contents": ["extras.job"],
        }

        added = installation.request("POST", "/api/extras/git-repositories/", record)
        assert added.status == 201
        syncs = "/api/extras/job-results/?obj_type=extras.gitrepository"
        refused = until(
            lambda: installation.get(syncs)["results"],
            lambda results: bool(results) and results[0]["status"]["value"] == "errored",
        )
        assert "wrong-token" not in str(installation.messages(refused[0]["id"]))

        changed = installation.request(
            "PATCH", f"/api/extras/git-repositories/{added.body['id']}/", {"token": TOKEN}
        )
        assert changed.body["token"] == "********"
        until(installation.job_ids, lambda ids: "git.behind-http/hello/Hello" in ids)
        assert installation.run("git.behind-http/hello/Hello")["data"]["output"] == "\nover http"

    installation.stop()
    found = subprocess.run(["grep", "-rl", TOKEN, str(installation.data)], capture_output=True, check=False)
    assert found.stdout == b""
