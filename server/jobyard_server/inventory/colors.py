"""``utilities.choices``: colours by name."""

from __future__ import annotations

from jobyard_server.inventory.choice_sets import ChoiceSet, choice_set

__all__ = ["ChoiceSet", "ColorChoices"]

ColorChoices = choice_set(
    "ColorChoices",
    """
    COLOR_DARK_RED aa1409 Dark red
    COLOR_RED f44336 Red
    COLOR_PINK e91e63 Pink
    COLOR_ROSE ffe4e1 Rose
    COLOR_FUCHSIA ff66ff Fuchsia
    COLOR_PURPLE 9c27b0 Purple
    COLOR_DARK_PURPLE 673ab7 Dark purple
    COLOR_INDIGO 3f51b5 Indigo
    COLOR_BLUE 2196f3 Blue
    COLOR_LIGHT_BLUE 03a9f4 Light blue
    COLOR_CYAN 00bcd4 Cyan
    COLOR_TEAL 009688 Teal
    COLOR_AQUA 00ffff Aqua
    COLOR_DARK_GREEN 2f6a31 Dark green
    COLOR_GREEN 4caf50 Green
    COLOR_LIGHT_GREEN 8bc34a Light green
    COLOR_LIME cddc39 Lime
    COLOR_YELLOW ffeb3b Yellow
    COLOR_AMBER ffc107 Amber
    COLOR_ORANGE ff9800 Orange
    COLOR_DARK_ORANGE ff5722 Dark orange
    COLOR_BROWN 795548 Brown
    COLOR_LIGHT_GREY c0c0c0 Light grey
    COLOR_GREY 9e9e9e Grey
    COLOR_DARK_GREY 607d8b Dark grey
    COLOR_BLACK 111111 Black
    COLOR_WHITE ffffff White
    """,
)
