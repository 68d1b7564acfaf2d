"""What is looked up once in a transaction, and when it is looked up again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from tests.server.inventory.cast import Lab

from jobyard_server.inventory.dcim.models import Device, InterfaceTemplate, Region, Site
from jobyard_server.inventory.extras.models import CustomField, Status


def ports(lab, name):
    return lab.device(name).interfaces.count()


@pytest.mark.django_db
def test_two_questions_make_a_validated_device(lab, django_assert_max_num_queries):
    def make(name):
        row = Device(name=name, site=lab.site, device_type=lab.kind, device_role=lab.role, status="active")
        row.validated_save()

    make("first")
    with django_assert_max_num_queries(2):
        make("second")
    with pytest.raises(ValidationError, match="unique per site"):
        make("second")


@pytest.mark.django_db
def test_three_values_that_are_taken_are_told_at_their_fields(lab):
    site = Site(name=lab.site.name, slug=lab.site.slug, status="active")

    with pytest.raises(ValidationError) as caught:
        site.validated_save()

    assert set(caught.value.message_dict) == {"name", "slug"}
    lab.site.validated_save()  # itself is nobody else


@pytest.mark.django_db
def test_what_this_process_writes_is_seen_at_once_however_it_is_written(lab):
    assert ports(lab, "a") == 0
    InterfaceTemplate.objects.create(device_type=lab.kind, name="eth0", type="virtual")
    assert ports(lab, "b") == 1
    InterfaceTemplate.objects.bulk_create(
        [InterfaceTemplate(device_type=lab.kind, name=f"eth{number}", type="virtual") for number in (1, 2)]
    )
    assert ports(lab, "c") == 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM DCIM_INTERFACETEMPLATE WHERE name <> 'eth0'")
    assert ports(lab, "d") == 1
    InterfaceTemplate.objects.update(name="lan0")
    assert lab.device("e").interfaces.get().name == "lan0"


@pytest.mark.django_db
def test_what_is_rolled_back_is_forgotten(lab):
    assert ports(lab, "a") == 0
    with transaction.atomic():
        InterfaceTemplate.objects.create(device_type=lab.kind, name="eth0", type="virtual")
        assert ports(lab, "b") == 1
        transaction.set_rollback(True)
    assert ports(lab, "c") == 0

    point = transaction.savepoint()
    InterfaceTemplate.objects.create(device_type=lab.kind, name="eth0", type="virtual")
    assert ports(lab, "d") == 1
    transaction.savepoint_rollback(point)
    assert ports(lab, "e") == 0


@pytest.mark.django_db
def test_custom_fields_and_statuses_too(lab):
    Region(name="North", slug="north").validated_save()
    field = CustomField.objects.create(name="owner", required=True)
    field.content_types.add(ContentType.objects.get_for_model(Region))
    with pytest.raises(ValidationError, match="Required field"):
        Region(name="South", slug="south").validated_save()
    field.delete()
    Region(name="South", slug="south").validated_save()

    with pytest.raises(ValidationError, match="no status"):
        Site(name="x", status="on-fire")
    Status.objects.create(name="On fire", slug="on-fire")
    status = Site(name="x", status="on-fire").status
    status.name = "changed here alone"
    assert Site(name="y", status="on-fire").status.name == "On fire"


@pytest.mark.django_db(transaction=True)
def test_the_next_transaction_sees_what_others_committed():
    lab = Lab()

    def another() -> None:
        InterfaceTemplate.objects.create(device_type=lab.kind, name="eth0", type="virtual")
        connection.close()

    with transaction.atomic():
        assert ports(lab, "a") == 0
        with ThreadPoolExecutor(1) as pool:  # it has a connection of its own
            pool.submit(another).result()
        assert ports(lab, "b") == 0
    with transaction.atomic():
        assert ports(lab, "c") == 1
