# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
# sha256 of the contract: b979f1f930a003b50f35e86c34fbeea2b6331e8dd30a29e93b430db9512e029e
"""A client library for accessing WeryAI"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
