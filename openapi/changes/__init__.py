"""What differs between two versions of the contract and of the Python names."""
