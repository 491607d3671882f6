"""Faults, planted one at a time in copies of the tree: each must make a test fail.

`python -m contract_tests.mutants --only part-of-a-name`; the faults are in table/, a file a room.

They are chosen by hand: most are in YAML, in generated files or in tables of names, which libraries
for mutation testing do not touch. mutmut 3 was tried on the wrapper: it wants another layout of the
tree, and what it found in 336 survivors went into tests.
"""
