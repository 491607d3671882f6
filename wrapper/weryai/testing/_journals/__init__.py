"""What a journal promises, and whether one keeps it."""
