"""
A realistic network for demonstrations and tests: the same one for the same seed.

Three regions, twelve sites with racks, switches, routers, console servers and power, cabled and addressed.
"""

from __future__ import annotations

from jobyard_server.inventory.sample.network import SampleSize, make_sample

__all__ = ["SampleSize", "make_sample"]
