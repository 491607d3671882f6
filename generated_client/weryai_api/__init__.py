# Generated from openapi/weryai.yaml by `make generate`. Do not edit.
# sha256 of the contract: b0da5b92f02b8c109da7be3a9407df9c11069f96e0b7b7b6ec9e079408ed0591
"""A client library for accessing WeryAI"""

from .client import AuthenticatedClient, Client

__all__ = (
    "AuthenticatedClient",
    "Client",
)
