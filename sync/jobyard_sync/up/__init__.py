"""`jobyard up`: the whole of jobyard in one process tree."""
