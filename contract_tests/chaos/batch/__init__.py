"""Workers of a batch are killed at random instants; then no row may be lost or paid twice.

python -m contract_tests.chaos.batch --kills 100 --workers 4 --database postgres [--seed 1]
"""
