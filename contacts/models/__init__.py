from contacts.models.imports import Import, ImportState
from contacts.models.people import (
    Account,
    AttributeDefinition,
    AttributeType,
    Basis,
    Channel,
    Contact,
    ContactKind,
    ContactPermission,
    ContactQuerySet,
    Erasure,
    Merge,
    Purpose,
    Suppression,
)

__all__ = [
    "Account",
    "AttributeDefinition",
    "AttributeType",
    "Basis",
    "Channel",
    "Contact",
    "ContactKind",
    "ContactPermission",
    "ContactQuerySet",
    "Erasure",
    "Import",
    "ImportState",
    "Merge",
    "Purpose",
    "Suppression",
]
