"""Every address of the inventory by what somebody may do, for every kind of rows."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, reverse
from tests.server.grants import grant as give
from tests.server.ui.cast import make_user

from jobyard_server.access.models import User
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.ui.inventory.addresses import list_url
from jobyard_server.ui.inventory.urls import urlpatterns

pytestmark = pytest.mark.django_db

#: What each address needs; the menu shows to everybody what they may see.
NEEDS = {
    "show_inventory": "",
    "make_sample_network": "superuser",
    "list_rows": "view",
    "filter_rows": "view",
    "export_rows": "view",
    "add_row": "add",
    "import_rows": "add",
    "import_template": "add",
    "delete_rows": "delete",
    "show_picture": "view",
    "show_row": "view",
    "edit_row": "change",
    "delete_row": "delete",
}
ONLY_POST = {"make_sample_network", "delete_rows"}
OF_KINDS = [entry for entry in urlpatterns if "<kind:model>" in str(entry.pattern)]


def test_every_address_is_in_the_table():
    assert {entry.name for entry in urlpatterns if isinstance(entry, URLPattern)} == NEEDS.keys()


class Granted:
    """Somebody with a browser and one permission, for rows of one model."""

    def __init__(self, name):
        self.user, self.browser = User.objects.create(username=name), Client()
        self.browser.force_login(self.user)

    def of(self, model):
        """From now on of *model*, which may have namesakes in other apps."""
        self.user.object_permissions.clear()
        give(self.user, f"view_{model._meta.model_name}", app=model._meta.app_label)
        return self

    def ask(self, actions, method, place):
        """With the right to do *actions* and no other."""
        self.user.object_permissions.update(actions=sorted(actions))
        return getattr(self.browser, method)(place)


@pytest.fixture(scope="module")
def carol_and_erin(maker):
    return Granted("carol"), Granted("erin")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_each_address_needs_its_permission_and_no_other(rows, carol_and_erin, model):
    row = rows.make(model)
    all_actions = {"view", "add", "change", "delete"}
    carol, erin = (somebody.of(model) for somebody in carol_and_erin)
    for entry in OF_KINDS:
        parts = [model, row.pk] if "<uuid:pk>" in str(entry.pattern) else [model]
        place = reverse(f"ui:{entry.name}", args=parts)
        method = "post" if entry.name in ONLY_POST else "get"
        needed = NEEDS[entry.name]

        refused = carol.ask(all_actions - {needed}, method, place).status_code
        allowed = erin.ask({needed}, method, place)

        assert (refused, allowed.status_code in (200, 302)) == (403, True), (entry.name, allowed.status_code)
        if allowed.streaming:
            b"".join(allowed)


def test_nobody_is_sent_to_the_log_in(client):
    answer = client.get(list_url(MODELS[0]))

    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login/")


def test_buttons_are_only_for_those_who_may_press_them(client, rows):
    from jobyard_server.inventory.dcim.models import Site

    site, reader = rows.make(Site), make_user("reader")
    give(reader, "view_site")
    client.force_login(reader)

    listed = client.get("/dcim/sites/").content.decode()
    shown = client.get(site.get_absolute_url()).content.decode()

    for word in ("/add/", "/import/", "Delete selected", 'type="checkbox"', "/edit/"):
        assert word not in listed + shown


def test_only_administrators_make_the_sample_network(client, bob, alice):
    client.force_login(bob)
    assert client.post("/inventory/sample/").status_code == 403
    assert "Make a sample network" not in client.get("/inventory/").content.decode()

    client.force_login(alice)
    assert "Make a sample network" in client.get("/inventory/").content.decode()
