from django.dispatch import Signal

# A command of this app was carried out; sent inside its transaction, so that the trail, which
# lives in an app above, commits with it: subject, verb, actor, label, data.
carried_out = Signal()
