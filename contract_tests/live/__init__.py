"""Asks the real service, for free, and says where it differs from the contract: `make live`.

No part of `make test`. Without a budget nothing is sent but reads.
"""
