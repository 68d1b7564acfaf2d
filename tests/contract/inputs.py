"""What the fixture jobs are given, and which of them cannot be run in every way."""

from __future__ import annotations

from typing import Any

SITE = "site"  #: Stands for the key of the site that is there.
KIND = "kind"  #: Stands for that of a type of devices.
TEXTS = {"a": "1", "b": "2", "c": "3"}
UPLOAD = {"upload": ("racks.csv", b"name,units\nr1,42\n")}
INPUTS: dict[str, dict[str, Any]] = {
    "fx_api/FourVars": {"foo": "text", "bar": 7, "flag": True, "site": SITE},
    "fx_apps_jobs/Greets": {"who": "Ada", "loud": True},
    "fx_data_files/Escapes": {"filename": "../outside.yaml"},
    "fx_defaults/InvalidDefault": {"text": "fit"},
    "fx_defaults/RaisingDefault": {"text": "given"},
    "fx_field_order/NoOrder": TEXTS,
    "fx_field_order/Ordered": TEXTS,
    "fx_field_order/Partial": TEXTS,
    "fx_field_order/UnknownNames": TEXTS,
    "fx_field_order/WithFile": TEXTS,
    "fx_meta/LosesMeta": {"a": "1", "b": "2"},
    "fx_new_branch/OpenOffice": {"office": "Ghent 1", "count": 2, "kind": KIND},
    "fx_read_only/WithVars": {"what": "racks"},
    "fx_redact/Leaks": {"key": "open sesame"},
    "fx_sensitive/Open": {"word": "sesame"},
    "fx_sensitive/Secret": {"word": "sesame"},
    "fx_style_2x/ByName": {"who": "Ada"},
    "fx_style_2x/WithRest": {"who": "Ada"},
    "fx_vars_choice/CallableChoices": {"computed": "one", "level": "info"},
    "fx_vars_choice/Grouped": {"place": "zrh"},
    "fx_vars_choice/IntKeys": {"number": "2"},
    "fx_vars_choice/Many": {"directions": ["n", "s"]},
    "fx_vars_choice/One": {"direction": "n"},
    "fx_vars_inherit/Base": {"first": "1", "second": "2"},
    "fx_vars_inherit/Child": {"first": "1", "second": "2", "third": "3"},
    "fx_vars_inherit/Mixed": {"left": "1", "own": "2"},
    "fx_vars_inherit/Overrides": {"first": 1, "second": "2", "third": "3"},
    "fx_vars_inherit/Removes": {"second": "2"},
    "fx_vars_ip/Addresses": {"address": "2001:db8::1"},
    "fx_vars_ip/Networks": {"network": "192.0.2.0/24", "small": "198.51.100.0/25"},
    "fx_vars_ip/WithMask": {"address": "192.0.2.7/24"},
    "fx_vars_json_date/Dates": {"day": "2026-03-01", "moment": "2026-03-01T09:00:00+00:00"},
    "fx_vars_json_date/Json": {"structure": {"a": [1, None, "x"]}},
    "fx_vars_number/Decimals": {"any": "1.50", "digits": "12.34"},
    "fx_vars_number/Integers": {"any": -3, "range": 7},
    "fx_vars_object/ByLabel": {"site": SITE},
    "fx_vars_object/ByQueryset": {"site": SITE},
    "fx_vars_object/Filtered": {"site": SITE},
    "fx_vars_object/Multiple": {"sites": [SITE]},
    "fx_vars_object/Single": {"site": SITE},
    "fx_vars_positional/CustomVar": {"vlan": "100"},
    "fx_vars_text/Strings": {"short": "abc", "fixed": "abc", "unanchored": "x42"},
    "fx_vars_text/Texts": {"text": "line one\nline two"},
}
FILES = dict.fromkeys(("fx_file/InPostRun", "fx_file/Reads", "fx_file/ReadsCsv"), UPLOAD) | {
    "fx_file/ReadsThenRaises": UPLOAD
}
COMMITS = {
    "fx_db/Creates",
    "fx_db/Raises",
    "fx_db/Aborts",
    "fx_db/Bulk",
    "fx_db/OnCommit",
    "fx_min/OnlyRun",
} | {
    "fx_device_checks/Cabling",
    "fx_new_branch/OpenOffice",
}
NOT_HERE = {
    "fx_cancel": "they wait for a cancel request",
    "fx_die": "they end the process, which would be the one of this test",
    "fx_limits": "they wait for a time limit, which a test of an author's does not set",
    "fx_hooks": "a change starts them, not a person",
    "fx_buttons": "a button starts them, not a form",
}
OF_THEIR_OWN = {
    "fx_meta/Everything": "needs an approval",
    "fx_meta/InheritsMeta": "needs an approval",
    "fx_meta/KeepsMeta": "needs an approval",
    "fx_queues/TwoQueues": "its queue has no worker here",
    "fx_request/Dump": "tells how it was started, which is what differs",
    "fx_request/Who": "tells who started it, and from where",
}
