"""One valid row of any model, made from its fields; and more of them."""

from __future__ import annotations

import base64
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import models
from tests.server.receivers.cast import receivers

from jobyard_server.inventory.base import HostField, NetworkField, StatusField
from jobyard_server.inventory.dcim.models import ConsolePort, ConsoleServerPort, Device, Interface, Site
from jobyard_server.inventory.extras.standard_statuses import fill_in

CHILD = {"subdevice_role": "child", "u_height": 0}
PARENT = {"subdevice_role": "parent"}
#: One grey point.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
)


class Rows:
    """Makes rows that pass validation."""

    def __init__(self) -> None:
        fill_in()
        self.number = 0

    def make(self, model: Any, **values: Any) -> Any:
        """A row of *model*; what it must refer to is made as well."""
        self.number += 1
        row = model(**{**self._needed(model, values), **values})
        row.validated_save()
        for field in model._meta.many_to_many:
            if not field.blank:
                getattr(row, field.name).add(ContentType.objects.get_for_model(Site))
        return row

    def make_more(self, model: Any) -> None:
        for _ in range(4):
            self.make(model)

    def special(self, model: Any) -> dict[str, Any]:
        """Values that fit together, of a model that needs such."""
        made = getattr(self, f"_{model._meta.model_name}", None)
        return made() if made else {}

    def _needed(self, model: Any, given: dict[str, Any]) -> dict[str, Any]:
        values = self.special(model)
        for field in model._meta.concrete_fields:
            if field.name in values or field.name in given or not self._must_be_given(field):
                continue
            values[field.name] = self._value(field)
        return values

    def _must_be_given(self, field: Any) -> bool:
        is_slug = isinstance(field, models.SlugField)
        return not field.blank and not field.has_default() and field.editable and not is_slug

    def _value(self, field: Any) -> Any:
        number = self.number
        if isinstance(field, models.ForeignKey) and not isinstance(field, StatusField):
            return self._related(field)
        if field.choices:
            return field.choices[0][0]
        if isinstance(field, NetworkField):
            return f"10.{number % 250}.0.0/16"
        if isinstance(field, HostField):
            return f"10.0.{number % 250}.1/24"
        if isinstance(field, models.IntegerField):
            return number
        return f"{field.name} {number}"[: field.max_length]

    def _related(self, field: Any) -> Any:
        if field.related_model is ContentType:
            return ContentType.objects.get_for_model(Site)
        if field.related_model is get_user_model():
            return get_user_model().objects.create(username=f"user{self.number}")
        return self.make(field.related_model)

    def _cable(self) -> dict[str, Any]:
        server, console = self.make(ConsoleServerPort), self.make(ConsolePort)
        return {"termination_a": console, "termination_b": server}

    def _devicebay(self) -> dict[str, Any]:
        from jobyard_server.inventory.dcim.models import DeviceType

        return {"device": self.make(Device, device_type=self.make(DeviceType, **PARENT))}

    def _module(self) -> dict[str, Any]:
        from jobyard_server.inventory.dcim.models import ModuleBay

        bay = self.make(ModuleBay)
        return {"module_bay": bay, "device": bay.device}

    def _frontport(self) -> dict[str, Any]:
        from jobyard_server.inventory.dcim.models import RearPort

        rear = self.make(RearPort)
        return {"rear_port": rear, "device": rear.device}

    def _frontporttemplate(self) -> dict[str, Any]:
        from jobyard_server.inventory.dcim.models import RearPortTemplate

        rear = self.make(RearPortTemplate)
        return {"rear_port": rear, "device_type": rear.device_type}

    def _rackreservation(self) -> dict[str, Any]:
        return {"units": [1]}

    def _circuittermination(self) -> dict[str, Any]:
        return {"site": self.make(Site)}

    def _service(self) -> dict[str, Any]:
        return {"device": self.make(Device), "ports": [80]}

    def _servicetemplate(self) -> dict[str, Any]:
        return {"ports": [80]}

    def _iprange(self) -> dict[str, Any]:
        n = self.number % 250
        return {"start_address": f"10.0.{n}.1/24", "end_address": f"10.0.{n}.9/24"}

    def _l2vpntermination(self) -> dict[str, Any]:
        return {"assigned_object": self.make(Interface)}

    def _contactassignment(self) -> dict[str, Any]:
        return {"object": self.make(Site)}

    def _imageattachment(self) -> dict[str, Any]:
        return {"parent": self.make(Site), "image": ContentFile(PNG, name="front view.png")}

    def _note(self) -> dict[str, Any]:
        return {"assigned_object": self.make(Site)}

    def _relationshipassociation(self) -> dict[str, Any]:
        from jobyard_server.inventory.extras.models import Relationship

        kind = ContentType.objects.get_for_model(Site)
        relation = self.make(Relationship, source_type=kind, destination_type=kind)
        return {"relationship": relation, "source": self.make(Site), "destination": self.make(Site)}

    def _jobhook(self) -> dict[str, Any]:
        return {"job": receivers()[0], "type_create": True}

    def _jobbutton(self) -> dict[str, Any]:
        return {"job": receivers()[1]}

    def _configcontext(self) -> dict[str, Any]:
        return {"data": {"ntp": "192.0.2.1"}}

    def _customfield(self) -> dict[str, Any]:
        return {"name": f"field_{self.number}"}
