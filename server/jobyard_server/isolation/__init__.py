"""Author code runs here and nowhere else: in children that are forked for one task and end with it."""
