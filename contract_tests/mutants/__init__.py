"""Faults, planted one at a time in copies of the tree: each must make a test fail.

`python -m contract_tests.mutants --only part-of-a-name`; the faults are in table.toml.
"""
