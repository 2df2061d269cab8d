"""What happens to surveys; upper apps listen. Sent after commit, so a receiver may be missed:
every listener also finds its work by state."""

from django.dispatch import Signal

# version: the SurveyVersion that now stands.
survey_published = Signal()
