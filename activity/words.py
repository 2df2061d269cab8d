"""A job in words: what it is, and what came of it."""

from django.utils.translation import gettext as _

from activity.models import Job, JobState
from activity.running import KINDS


def label(job: Job) -> str:
    """What was asked for; kinds that are gone keep the name they had."""
    kind = KINDS.get(job.kind)
    return str(kind.label) if kind else job.kind.replace("_", " ").capitalize()


def heading(job: Job) -> str:
    """The finding a page about this job leads with."""
    name = label(job)
    if job.cancel_requested and not job.is_finished:
        return _("%(name)s: stopping") % {"name": name}
    words = {
        JobState.QUEUED: _("%(name)s: waiting for its turn"),
        JobState.RUNNING: _("%(name)s: under way"),
        JobState.DONE: _("%(name)s: done"),
        JobState.FAILED: _("%(name)s: not done"),
        JobState.CANCELLED: _("%(name)s: stopped"),
    }
    return words[JobState(job.state)] % {"name": name}


def outcome(job: Job) -> str:
    """One sentence or two: what happened, then what to do."""
    if job.state == JobState.DONE:
        kind = KINDS.get(job.kind)
        return kind.say(job) if kind and kind.say else _("Everything asked for has been done.")
    if job.state == JobState.FAILED:
        return job.message or _(
            "Something on our side broke it off, and nothing of it was kept. Start it again; if it "
            "breaks off again, tell an administrator the number below."
        )
    if job.state == JobState.CANCELLED:
        return _("Stopped as you asked. Nothing of it was kept.")
    if job.state == JobState.QUEUED:
        return _("It starts as soon as a worker is free. You may leave this page.")
    return _("You may leave this page; it goes on, and you find it again under your jobs.")
