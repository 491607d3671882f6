# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
# sha256 of the contract: 0b18f9efd9833b741420a3918fdb783f04b7f74d1f38ee4efe09c4e272abd47b
"""A client library for accessing WeryAI"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
