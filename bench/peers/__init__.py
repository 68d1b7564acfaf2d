"""The same work by jobyard's ancestors, side by side on this machine: ``make bench-peers``."""
