"""For the tests of jobs that work on the inventory: data models, and a database of their own."""
