"""What a report says: its blocks, built from the tables of a run in one language."""
