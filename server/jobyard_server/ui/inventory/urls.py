"""The addresses of the inventory: one set for all kinds of rows."""

from __future__ import annotations

from django.urls import path, register_converter

from jobyard_server.ui.inventory import index
from jobyard_server.ui.inventory.addresses import KindConverter
from jobyard_server.ui.inventory.delete_rows import delete_row, delete_rows
from jobyard_server.ui.inventory.edit_row import add_row, edit_row
from jobyard_server.ui.inventory.import_page import import_table, show_template
from jobyard_server.ui.inventory.list_rows import export_rows, filter_rows, list_rows
from jobyard_server.ui.inventory.show_picture import show_picture
from jobyard_server.ui.inventory.show_row import show_row

register_converter(KindConverter, "kind")

urlpatterns = [
    path("inventory/", index.show_inventory, name="show_inventory"),
    path("inventory/sample/", index.make_sample_network, name="make_sample_network"),
    path("<kind:model>/", list_rows, name="list_rows"),
    path("<kind:model>/filters/", filter_rows, name="filter_rows"),
    path("<kind:model>/export/", export_rows, name="export_rows"),
    path("<kind:model>/add/", add_row, name="add_row"),
    path("<kind:model>/import/", import_table, name="import_rows"),
    path("<kind:model>/import/template/", show_template, name="import_template"),
    path("<kind:model>/delete/", delete_rows, name="delete_rows"),
    path("extras/image-attachments/<uuid:pk>/image/", show_picture, name="show_picture"),
    path("<kind:model>/<uuid:pk>/", show_row, name="show_row"),
    path("<kind:model>/<uuid:pk>/edit/", edit_row, name="edit_row"),
    path("<kind:model>/<uuid:pk>/delete/", delete_row, name="delete_row"),
]
