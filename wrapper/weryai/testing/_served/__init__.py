"""What a simulator behind a socket has beside the service: for people who rehearse with it."""
