"""The models are created by extras 0004, together with those that they refer to."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = [("extras", "0001_initial")]
    operations = []
