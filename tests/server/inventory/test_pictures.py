"""Pictures of rows: what is taken, where it lies, how it is served."""

from __future__ import annotations

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image
from tests.server.api.inventory.rows import PNG
from tests.server.grants import grant

from jobyard_server.inventory.extras.models import ImageAttachment, Note, StoredPicture
from jobyard_server.inventory.pictures.storage import UNUSED_FOR, delete_unused_pictures

pytestmark = pytest.mark.django_db

SCRIPT = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
PLACE = "/api/extras/image-attachments/"


def drawn(kind, size=(3, 2), mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, size).save(file, kind)
    return file.getvalue()


def attach(parent, content=PNG, name="front.png", **values):
    made = ImageAttachment(parent=parent, image=ContentFile(content, name=name), **values)
    made.validated_save()
    return made


@pytest.fixture
def browser(client, django_user_model):
    user = django_user_model.objects.create(username="alice", is_superuser=True)
    client.force_login(user)
    return client


def sent(client, parent, file, **values):
    return client.post(
        PLACE, {"content_type": "dcim.site", "object_id": str(parent.pk), "image": file, **values}
    )


@pytest.mark.parametrize(
    ("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")]
)
def test_a_picture_is_what_its_content_says(browser, lab, kind, ending):
    answer = sent(
        browser, lab.site, SimpleUploadedFile("../../x.html", drawn(kind), "text/html"), name="Front"
    )

    shown = answer.json()
    row = ImageAttachment.objects.get(pk=shown["id"])
    seen = browser.get(shown["image"])
    assert (answer.status_code, shown["image_width"], shown["image_height"]) == (201, 3, 2)
    assert row.image.name.startswith(f"image-attachments/{row.pk}/")
    assert row.image.name.endswith(f"-x.{ending}")
    assert (seen.content, seen["Content-Type"].startswith("image/")) == (drawn(kind), True)
    assert seen["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in seen["Content-Security-Policy"]
    assert browser.get(row.image.url).content == drawn(kind)
    assert list(lab.site.images.all()) == [row]
    assert (row.size, str(row)) == (len(drawn(kind)), "Front")


@pytest.mark.parametrize(
    "content",
    [
        SCRIPT,
        b"<!doctype html><script>alert(1)</script>",
        b"",
        b"GIF89a",
        drawn("BMP"),
        b"%!PS-Adobe",
        PNG[:20],
    ],
    ids=["svg", "html", "empty", "half", "bmp", "postscript", "cut"],
)
def test_what_is_no_picture_is_refused_at_its_field(browser, lab, content):
    answer = sent(browser, lab.site, SimpleUploadedFile("front.png", content, "image/png"))

    assert (answer.status_code, list(answer.json())) == (400, ["image"])
    assert (ImageAttachment.objects.count(), StoredPicture.objects.count()) == (0, 0)


def test_what_is_too_large_is_refused(browser, lab, settings):
    settings.IMAGE_MAX_BYTES = len(PNG) - 1

    answer = sent(browser, lab.site, SimpleUploadedFile("front.png", PNG))

    assert answer.status_code == 400
    assert "at most" in answer.json()["image"][0]


def test_a_picture_that_unpacks_to_too_much_is_refused(lab):
    with pytest.raises(ValidationError, match=r"pixels|no PNG"):
        attach(lab.site, drawn("PNG", (20_000, 10_000), "1"))


@pytest.mark.parametrize(
    "image", ["front.png", "data:image/png,abc", "data:image/png;base64,%%", 7, None, ["x"]]
)
def test_a_text_is_no_picture(browser, lab, image):
    body = {"content_type": "dcim.site", "object_id": str(lab.site.pk), "image": image}

    answer = browser.post(PLACE, body, content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["image"])


def test_saving_without_validation_checks_the_picture_too(lab):
    row = ImageAttachment(parent=lab.site, image=ContentFile(SCRIPT, name="front.png"))

    with pytest.raises(ValidationError), transaction.atomic():
        row.save()
    with pytest.raises(ValidationError):
        ImageAttachment(parent=lab.site).image.save("front.png", ContentFile(SCRIPT))
    assert not StoredPicture.objects.exists()


def test_a_picture_is_seen_by_who_may_view_its_row(client, lab, django_user_model):
    near, far = attach(lab.site, name="near.png"), attach(lab.site, name="far.png")
    user = django_user_model.objects.create(username="bob")
    client.force_login(user)
    places = [f"{PLACE}{near.pk}/image/", near.image.url]

    assert [client.get(place).status_code for place in places] == [403, 403]
    grant(user, "view_imageattachment", constraints={"id": str(near.pk)})
    assert [client.get(place).status_code for place in places] == [200, 200]
    assert client.get(far.image.url).status_code == 404
    client.logout()
    assert [client.get(place).status_code for place in places] in ([401, 302], [403, 302])


def test_a_form_takes_a_picture_and_keeps_it(browser, lab):
    place = "/extras/image-attachments/add/"
    known = {"content_type": "dcim.site", "object_id": str(lab.site.pk), "name": ""}
    assert 'enctype="multipart/form-data"' in browser.get(place).content.decode()

    refused = browser.post(place, {**known, "image": SimpleUploadedFile("a.png", SCRIPT)})
    made = browser.post(place, {**known, "image": SimpleUploadedFile("a.png", PNG)})
    row = ImageAttachment.objects.get()
    before = row.image.name
    kept = browser.post(f"{row.get_absolute_url()}edit/", {**known, "name": "Back"})
    row.refresh_from_db()

    assert "damaged" in refused.content.decode()
    assert (made.status_code, kept.status_code, row.name, row.image.name) == (302, 302, "Back", before)
    page = browser.get(row.get_absolute_url()).content.decode()
    assert f'<img src="{row.image.url}"' in page
    assert (
        f"content_type=dcim.site&amp;object_id={lab.site.pk}"
        in browser.get(lab.site.get_absolute_url()).content.decode()
    )


def test_a_picture_goes_with_its_transaction_and_with_its_row(lab):
    with transaction.atomic():
        attach(lab.site)
        transaction.set_rollback(True)
    assert StoredPicture.objects.count() == 0

    row = attach(lab.site)
    row.image.save("other.png", ContentFile(drawn("GIF")))
    assert row.image.name.endswith("-other.gif")
    assert (StoredPicture.objects.count(), delete_unused_pictures()) == (2, 0)
    StoredPicture.objects.update(created=timezone.now() - 2 * UNUSED_FOR)
    assert delete_unused_pictures() == 1
    assert row.image.open().read() == drawn("GIF")

    lab.site.delete()
    assert (ImageAttachment.objects.count(), delete_unused_pictures()) == (0, 1)


def test_a_note_names_who_wrote_it_and_goes_with_its_row(browser, lab):
    body = {
        "assigned_object_type": "dcim.site",
        "assigned_object_id": str(lab.site.pk),
        "note": "Key at the desk",
    }

    made = browser.post("/api/extras/notes/", body, content_type="application/json")
    note = Note.objects.get()

    assert (made.status_code, note.user_name, str(note)) == (201, "alice", "alice: Key at the desk")
    assert list(lab.site.notes.all()) == [note]
    lab.site.delete()
    assert not Note.objects.exists()
