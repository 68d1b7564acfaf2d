"""Pictures of rows: checked when they come in, kept in the database, shown as nothing but pictures."""
