# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
"""A client library for accessing WeryAI"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
