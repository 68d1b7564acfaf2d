"""What says "look again": requests in the database, and changes in the watched folder."""
