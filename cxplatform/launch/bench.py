"""`make bench`: the benchmarks, on servers of their own that keep their promises to the disk."""

import os
import subprocess
import sys

from cxplatform.launch import servers
from cxplatform.launch.errors import LaunchError, explain
from cxplatform.launch.plan import ROOT, VAR
from cxplatform.launch.terminal import fail


def main() -> int:
    try:
        with servers.borrowed(VAR / "bench") as addresses:
            env = dict(os.environ) | {
                "DATABASE_URL": addresses.database_url,
                "REDIS_URL": addresses.redis_url,
            }
            command = [sys.executable, "-m", "bench", *sys.argv[1:]]
            return subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
    except (LaunchError, OSError) as error:
        return fail(explain(error, VAR))


if __name__ == "__main__":
    sys.exit(main())
