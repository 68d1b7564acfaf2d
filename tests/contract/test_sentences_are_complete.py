"""Each sentence of the users' document has a test that names it; each fixture of the contract is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SENTENCES = set(range(1, 117))
NAME = re.compile(r"(?<=_)s(\d{1,3})(?=_)")


def named_in(path: Path) -> set[int]:
    tree = ast.parse(path.read_text())
    names = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {int(number) for name in names if name.startswith("test_") for number in NAME.findall(name)}


def test_no_sentence_is_without_a_test():
    found = set().union(*(named_in(path) for path in TESTS.rglob("test_*.py")))

    assert sorted(SENTENCES - found) == []
    assert sorted(found - SENTENCES) == []


#: jobs-behaviour §21, as modules and packages of the fixtures.
FIXTURES = """
fx-hyphen fx_api fx_apps_jobs fx_author_data fx_buttons fx_cancel fx_custom_field fx_data_files
fx_db fx_defaults fx_device_checks fx_die fx_fail_flag fx_field_order fx_file fx_hooks fx_instance
fx_inventory fx_limits fx_logging fx_markdown fx_meta fx_min fx_module_name fx_multi
fx_netbox_report fx_netbox_script fx_new_branch fx_order fx_output fx_pass fx_plugin fx_post_run
fx_profile fx_queues fx_raise fx_read_only fx_redact fx_report fx_request fx_run_signature fx_script
fx_sensitive fx_shared fx_vars_choice fx_vars_inherit fx_vars_ip fx_vars_json_date fx_vars_number
fx_vars_object fx_vars_positional fx_vars_text json
"""


def test_every_fixture_of_the_contract_is_there():
    found = {path.stem for path in (TESTS / "jobs" / "fixtures").iterdir()}
    found |= {path.stem for path in (TESTS / "jobs" / "plugins").iterdir()}

    assert sorted(set(FIXTURES.split()) - found) == []
