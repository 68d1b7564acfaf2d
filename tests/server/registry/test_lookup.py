from __future__ import annotations

import pytest
from tests.server.registry.cast import good

from jobyard_server.registry.errors import JobNotFound
from jobyard_server.registry.lookup import canonical_class_path, find_job


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("local/example/MyJob", "local/example/MyJob"),
        ("local/my-job/MyJob", "local/my-job/MyJob"),
        ("git.netops/devices/Create", "git.netops/devices/Create"),
        ("plugins/my_plugin.jobs.audit/CheckAll", "plugins/my_plugin.jobs.audit/CheckAll"),
        ("git/netops/devices/Create", "git.netops/devices/Create"),
        ("plugin/my_plugin.jobs/Report", "plugins/my_plugin.jobs/Report"),
    ],
)
def test_class_paths_and_their_aliases(text, path):
    assert canonical_class_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "devices",
        "local/example",
        "git/devices/Create",  # never guessed from the set of repositories
        "Local/example/MyJob",
        "git.net.ops/devices/Create",
        "git./devices/Create",
        "git.netops/devices/Create/run",
        "plugin/a/b/C",
        "local//MyJob",
        "local/example/",
        "local/example/My-Job",
        "local/exam\0ple/MyJob",
        "other/example/MyJob",
    ],
)
def test_what_is_no_class_path_is_not_found(text):
    with pytest.raises(JobNotFound):
        canonical_class_path(text)


def test_a_job_is_found_by_path_and_alias_with_what_surrounds_it(put, django_assert_num_queries):
    put("a", good("devices", "Create"))

    with django_assert_num_queries(1):
        job = find_job("git/netops/devices/Create")
        described = (job.class_path, job.module.revision.identifier, job.module.source.kind)

    assert described == ("git.netops/devices/Create", "a" * 40, "git")


def test_a_job_of_a_submodule_is_found(put):
    put("a", good("pkg", "one.Run", "two.Run"))

    assert find_job("git.netops/pkg.two/Run").module.name == "pkg.two"


def test_an_unknown_job_is_not_found(put):
    put("a", good("devices", "Create"))

    with pytest.raises(JobNotFound, match=r'Job "git\.netops/devices/Delete" not found'):
        find_job("git.netops/devices/Delete")
