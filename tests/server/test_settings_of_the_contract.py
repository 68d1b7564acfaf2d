"""jobs-behaviour §22: every setting that the contract names is there, with its default."""

from __future__ import annotations

import pytest

from jobyard_server.options import OPTIONS, OptionError, read_options

MIB = 1024 * 1024
NAMED = {
    "LOCAL_SCAN_INTERVAL": 5,
    "PLUGINS": [],
    "PLUGINS_CONFIG": {},
    "FILE_MAX_BYTES": 100 * MIB,
    "REQUEST_MAX_BYTES": 128 * MIB,
    "LOG_MESSAGE_MAX": 64 * 1024,
    "LOG_REDACTION_PATTERNS": None,
    "SOFT_TIME_LIMIT": 300,
    "TIME_LIMIT": 600,
    "CANCEL_GRACE": 30,
    "LEASE_TIMEOUT": 28,
    "DATA_LOG_LIMIT": 10_000,
    "ACCEPT_WITHOUT_WORKERS": False,
    "CLI_USER": "cli",
    "CLI_REQUIRE_USERNAME": False,
    "SCHEDULE_CATCH_UP": 3600,
    "REAPPROVE_ON_CHANGE": False,
    "SNAPSHOT_KEEP": 10,
    "ALLOW_FILE_REMOTES": False,
}


@pytest.mark.parametrize("name", NAMED)
def test_a_setting_has_its_name_and_default(name):
    assert read_options({})[name] == NAMED[name]


def test_the_folder_of_local_jobs_is_found_in_the_order_of_the_contract():
    variables = ("JOBYARD_JOBS_ROOT", "NAUTOBOT_JOBS_ROOT", "JOBYARD_ROOT", "NAUTOBOT_ROOT")
    places = {name: f"/{number}" for number, name in enumerate(variables)}

    found = []
    for name in variables:
        found.append(str(read_options(places)["JOBS_ROOT"]))
        del places[name]

    assert found == ["/0", "/1", "/2/jobs", "/3/jobs"]


def test_one_setting_says_when_the_loss_of_a_worker_is_noticed():
    usual = {"LEASE_SECONDS": 20, "HEARTBEAT_SECONDS": 4, "REAPER_SECONDS": 5}
    assert {name: read_options({})[name] for name in usual} == usual

    short = read_options({"JOBYARD_LEASE_TIMEOUT": "7"})
    assert [short[name] for name in usual] == [5.0, 1.0, 1.25]
    assert short["LEASE_SECONDS"] + short["REAPER_SECONDS"] < 7

    own = read_options({"JOBYARD_LEASE_TIMEOUT": "7", "JOBYARD_LEASE_SECONDS": "3"})
    assert (own["LEASE_SECONDS"], own["REAPER_SECONDS"]) == (3.0, 1.25)
    with pytest.raises(OptionError, match="JOBYARD_LEASE_TIMEOUT: 'soon' cannot be used"):
        read_options({"JOBYARD_LEASE_TIMEOUT": "soon"})


def test_the_table_of_options_agrees_with_what_the_lease_timeout_gives():
    defaults = {option.name: option.default for option in OPTIONS}
    given = read_options({"JOBYARD_LEASE_TIMEOUT": str(defaults["LEASE_TIMEOUT"])})

    for name in ("LEASE_SECONDS", "HEARTBEAT_SECONDS", "REAPER_SECONDS"):
        assert given[name] == defaults[name]
