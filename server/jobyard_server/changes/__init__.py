"""The change log, which database triggers write, and the plan of a run, which is the same for a dry run."""
