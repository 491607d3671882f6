"""Documentation pages and the contract, each read as one endpoint and spelled out as facts."""
