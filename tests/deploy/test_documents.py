"""The documents against the code: settings, commands, folders, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deploy.command_line import problem_with

from jobyard_server.options import OPTIONS

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "deploy/README.md"], key=str)
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def sections(document: str, level: str) -> dict[str, str]:
    text = (ROOT / document).read_text()
    parts = re.split(rf"^{level} (.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def shell_lines(document: Path) -> Iterator[str]:
    for block in re.findall(r"```sh\n(.*?)```", document.read_text(), flags=re.DOTALL):
        script = re.sub(r"<<'(\w+)'\n.*?\n\1\n", "\n", block, flags=re.DOTALL)
        yield from script.replace("\\\n", " ").splitlines()


def shown(default: float | str) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_every_setting_has_its_heading_and_no_other_has():
    assert set(sections("docs/settings.md", "###")) == {option.variable for option in OPTIONS}


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_a_setting_is_described_with_its_default(option):
    described = sections("docs/settings.md", "###")[option.variable]
    default = re.search(r"^Default: (.*)$", described, flags=re.MULTILINE)

    assert default
    if isinstance(option.default, bool | int | float | str):
        assert f"`{shown(option.default)}`" in default[1]
    assert (f"`{option.variable}_FILE`" in described) == option.secret


def test_every_command_has_its_heading(commands):
    groups = {path.rpartition(" ")[0] for path in commands if " " in path}
    expected = {f"jobyard {path}".strip() for path in commands if path not in groups or path == ""}

    assert set(sections("docs/commands.md", "##")) == expected


def test_every_option_of_a_command_is_described(commands):
    described = sections("docs/commands.md", "##")
    for path, options in commands.items():
        text = described.get(f"jobyard {path}".strip())
        for option in options if text is not None else ():
            if option.startswith("-") and option not in {"--help", "-h"}:
                assert f"`{option}`" in text, f"jobyard {path} {option}"


@each_document
def test_shown_commands_exist(document, commands):
    shown = [line for line in shell_lines(document) if re.match(r"(\S*/)?jobyard\s", line)]

    assert [problem for line in shown if (problem := problem_with(line, commands))] == []


@each_document
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if not target.startswith(("http://", "https://")):
            assert (document.parent / target).exists(), target


@each_document
def test_settings_that_are_named_exist(document):
    known = {option.variable for option in OPTIONS}
    known |= {f"{option.variable}_FILE" for option in OPTIONS if option.secret}
    known |= {"JOBYARD_X", "JOBYARD_X_FILE", "JOBYARD_ROOT", "JOBYARD_REQUIRE_SERVICES"}
    known |= {"JOBYARD_TEST_DATABASE_URL"}  # of the fixture for authors

    assert set(re.findall(r"\bJOBYARD_[A-Z_]+[A-Z]\b", document.read_text())) <= known


def test_make_targets_that_are_named_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    for document in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)", document.read_text())) <= targets


def test_every_folder_is_in_the_guide():
    listed = set(
        re.findall(r"^\| `([^`]+)` \|", (ROOT / "docs/directory.md").read_text(), flags=re.MULTILINE)
    )
    packages = [ROOT / name for name in ("jobs/jobyard", "repos/jobyard_repos", "server/jobyard_server")]
    packages.append(ROOT / "sync/jobyard_sync")
    below = [path for package in packages for path in package.iterdir() if path.is_dir()]
    folders = {str(path.relative_to(ROOT)) for path in [*packages, *below] if path.name != "__pycache__"}

    assert folders <= listed


@pytest.mark.parametrize("document", sorted((ROOT / "docs/adr").glob("*.md")), ids=lambda path: path.name)
def test_a_decision_has_its_four_parts_and_fits_a_page(document):
    text = document.read_text()

    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", document.name)
    assert text.startswith(f"# {document.name[:4]} ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == [
        "Context",
        "Decision",
        "Consequences",
        "Rejected",
    ]
    assert len(text.split()) < 700
