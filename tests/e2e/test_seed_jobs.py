"""The two jobs of the seed document, verbatim, by form, REST and command, as a dry run and with commit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.e2e.installation import PASSWORD, until

SEED = Path(__file__).parents[1] / "server" / "inventory" / "seed"
BRANCH, REPORT = "local/seed/NewBranch", "local/seed_report/DeviceConnectionsReport"


@pytest.fixture(scope="module")
def net(installation):
    """The jobs in service, and a kind of switch with two ports."""
    installation.save("seed", (SEED / "new_branch.py.txt").read_text())
    installation.save("seed_report", (SEED / "device_connections.py.txt").read_text())
    until(installation.job_ids, lambda ids: {BRANCH, REPORT} <= ids, seconds=60)

    def add(path, **values):
        answer = installation.request("POST", f"/api/dcim/{path}/", values)
        assert answer.status == 201, answer
        return answer.body["id"]

    maker = add("manufacturers", name="Seed maker", slug="seed-maker")
    kind = add("device-types", manufacturer=maker, model="Seed 48", slug="seed-48")
    for name in ("eth1", "eth2"):
        add("interface-templates", device_type=kind, name=name, type="1000base-t")
    role = add("device-roles", name="Access Switch", slug="access-switch")
    yield {"site_name": "Ghent 1", "switch_count": 2, "switch_model": kind}
    for path, pk in (("device-types", kind), ("manufacturers", maker), ("device-roles", role)):
        assert installation.request("DELETE", f"/api/dcim/{path}/{pk}/").status == 204
    for name in ("seed", "seed_report"):
        (installation.jobs_root / f"{name}.py").unlink()


@pytest.fixture
def plain_page(browser, installation):
    """Somebody without scripts."""
    context = browser.new_context(base_url=installation.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/login/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    yield page
    context.close()


def planned(installation, run_id):
    """What the plan says, row by row."""
    rows = installation.get(f"/api/extras/job-results/{run_id}/plan/?limit=100")["results"]
    return [(row["action"], row["object_type"], row["object_repr"], row["kept"]) for row in rows]


def expected(site, *, kept):
    rows = [("dcim.site", site)]
    for number in (1, 2):
        rows += [("dcim.device", f"{site.lower().replace(' ', '-')}-switch{number}")]
        rows += [("dcim.interface", "eth1"), ("dcim.interface", "eth2")]
    return [("create", *row, kept) for row in rows]


def forget(installation, site):
    for path in (f"devices/?site={site}", f"sites/?slug={site}"):
        kind = path.partition("/")[0]
        for row in installation.get(f"/api/dcim/{path}")["results"]:
            assert installation.request("DELETE", f"/api/dcim/{kind}/{row['id']}/").status == 204


def submitted(page, installation):
    """The result that a form has led to, at its end."""
    run_id = page.url.rstrip("/").rpartition("/")[2]
    result = installation.finished(run_id)
    page.goto(f"/extras/jobs/results/{run_id}/")
    return run_id, result


def fill_in(page, data):
    page.fill("[name=site_name]", data["site_name"])
    page.fill("[name=switch_count]", str(data["switch_count"]))
    page.select_option("[name=switch_model]", data["switch_model"])


def test_new_branch_by_form_is_tried_and_then_applied(plain_page, installation, net):
    page = plain_page
    page.goto(f"/extras/jobs/{BRANCH}/")
    fill_in(page, net)
    page.uncheck("[name=_commit]")
    page.click("button:has-text('Run Job')")
    dry, _ = submitted(page, installation)
    expect(page.get_by_text("7 would be created")).to_be_visible()
    assert planned(installation, dry) == expected("Ghent 1", kept=False)

    page.click("a:text-is('Apply')")
    expect(page.get_by_text("This applies the dry run")).to_be_visible()
    fill_in(page, {**net, "switch_count": 3})
    page.click("button:has-text('Apply')")
    _, other = submitted(page, installation)
    expect(page.get_by_text("Made, but not approved")).to_be_visible()
    assert installation.get("/api/dcim/sites/?slug=ghent-1")["count"] == 0

    page.goto(f"/extras/jobs/results/{dry}/")
    page.click("a:text-is('Apply')")
    fill_in(page, net)
    page.click("button:has-text('Apply')")
    done, result = submitted(page, installation)
    expect(page.get_by_text("7 created")).to_be_visible()
    assert other["status"]["value"] == "errored"
    assert result["status"]["value"] == "completed"
    assert planned(installation, done) == expected("Ghent 1", kept=True)
    assert installation.get("/api/dcim/devices/?site=ghent-1")["count"] == 2
    forget(installation, "ghent-1")


@pytest.mark.parametrize("commit", [False, True])
@pytest.mark.parametrize("door", ["REST", "command"])
def test_new_branch_by_rest_and_command(installation, net, door, commit):
    site = f"{door} {commit}"
    data = {**net, "site_name": site}

    if door == "REST":
        run_id = installation.run(BRANCH, data, commit=commit)["id"]
    else:
        flags = ["--commit"] if commit else []
        installation.command("runjob", BRANCH, "--username", "admin", "--data", json.dumps(data), *flags)
        run_id = installation.get(f"/api/extras/job-results/?name={BRANCH}&limit=1")["results"][0]["id"]

    slug = site.lower().replace(" ", "-")
    assert installation.result(run_id)["status"]["value"] == "completed"
    assert planned(installation, run_id) == expected(site, kept=commit)
    assert installation.get(f"/api/dcim/devices/?site={slug}")["count"] == (2 if commit else 0)
    forget(installation, slug)


def test_the_report_by_form_rest_and_command(plain_page, installation, net):
    values = {"device_type": net["switch_model"], "name": "lonely", "status": "active"}
    values["device_role"] = installation.get("/api/dcim/device-roles/?slug=access-switch")["results"][0]["id"]
    site = {"name": "Seed", "slug": "seed", "status": "active"}
    values["site"] = installation.request("POST", "/api/dcim/sites/", site).body["id"]
    assert installation.request("POST", "/api/dcim/devices/", values).status == 201

    plain_page.goto(f"/extras/jobs/{REPORT}/")
    plain_page.click("button:has-text('Run Job')")
    by_form, _ = submitted(plain_page, installation)
    by_rest = installation.run(REPORT, commit=True)["id"]
    installation.command("runjob", REPORT, "--username", "admin", check=False)
    by_command = installation.get(f"/api/extras/job-results/?name={REPORT}&limit=1")["results"][0]["id"]

    assert len({by_form, by_rest, by_command}) == 3
    for run_id in (by_form, by_rest, by_command):
        assert installation.result(run_id)["status"]["value"] == "failed"
        assert "0 connected power supplies found (2 needed)" in installation.messages(run_id)
        assert planned(installation, run_id) == []
    forget(installation, "seed")
