"""Traffic of a user, written down without what is secret, and played again."""
