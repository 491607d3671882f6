"""What goes over the wire: bodies held against the contract, and replies in their spellings."""
