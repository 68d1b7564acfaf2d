"""Commands that need the server layer only; ``jobyard_sync.cli`` gathers all of them into `jobyard`."""
