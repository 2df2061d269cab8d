from activity.running import run_job


def run(job_id: str) -> None:
    """The one function RQ calls: everything else is in the job's row."""
    run_job(job_id)
