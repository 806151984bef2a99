"""Coaching from bare labels on ten labelled reports, measured on the others, over ten random splits.

    python -m benchmarks.coaching_splits REPORTS LABELS.json

Without arguments it generates the reports. It is `wk coach demo`, with its figures as JSON.
"""

import subprocess
import sys


def main() -> int:
    """Run the demo; exits with 1 short of its aims."""
    named = ["--reports", sys.argv[1], "--labels", sys.argv[2]] if len(sys.argv) > 2 else []
    command = [sys.executable, "-m", "watchkeeper.cli", "coach", "demo", "--json", *named]
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
