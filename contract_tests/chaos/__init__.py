"""Processes that make videos are killed at random instants; then nothing may be lost or paid twice.

python -m contract_tests.chaos --kills 200 [--seed 1]
"""
