"""Jobs that start by themselves: when rows change (job hooks), or from the page of a row (job buttons)."""
