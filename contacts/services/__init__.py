from contacts.services.attributes import recount_members, save_definition
from contacts.services.erasing import apply_erasures_again, erase_contact
from contacts.services.errors import ContactRefused, MergeRefused
from contacts.services.merging import merge_contacts, undo_merge
from contacts.services.permissions import set_permission
from contacts.services.saving import compute_keys, save_account, save_contact

__all__ = [
    "ContactRefused",
    "MergeRefused",
    "apply_erasures_again",
    "compute_keys",
    "erase_contact",
    "merge_contacts",
    "recount_members",
    "save_account",
    "save_contact",
    "save_definition",
    "set_permission",
    "undo_merge",
]
