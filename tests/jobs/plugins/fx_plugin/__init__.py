"""An installed package that brings jobs."""
