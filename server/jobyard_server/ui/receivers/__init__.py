"""The job buttons of pages."""
