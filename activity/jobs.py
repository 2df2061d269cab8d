from activity.heartbeats import beat as note_beat
from activity.running import run_job


def run(job_id: str) -> None:
    """The one function RQ calls for people's work: everything else is in the job's row."""
    run_job(job_id)


def beat() -> None:
    note_beat("rq")
