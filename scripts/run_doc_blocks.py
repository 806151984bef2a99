"""Run the code blocks of the documentation, so that what it shows is what happens.

`sh` blocks run under bash in one scratch folder per file, in order, with the project's commands on
the path and lines beginning with `$ ` as the commands (other lines are their output, for the
reader). `python` blocks run as they stand. `yaml` blocks beginning with `# watchkeeper.yaml` must be
valid settings. A block is left out only by a line `<!-- not run: REASON -->` right above it; the
reasons are listed. Blocks in other languages are pictures and are not run.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?:<!-- not run: (?P<reason>[^>]+?) -->\n+)?^```(?P<language>\w*)\n(?P<code>.*?)^```", re.M | re.S
)
TIMEOUT_S = 300


@dataclass(frozen=True)
class Block:
    """One fenced block of a file."""

    file: Path
    line: int
    language: str
    code: str
    reason: str | None


def blocks_of(file: Path) -> list[Block]:
    """The fenced blocks of a Markdown file, in order."""
    text = file.read_text(encoding="utf-8")
    return [
        Block(
            file, text.count("\n", 0, match.start("code")), match["language"], match["code"], match["reason"]
        )
        for match in BLOCK.finditer(text)
    ]


def command_of(block: Block, folder: Path) -> list[str] | None:
    """What to run for a block; None for a block that is not run."""
    if block.language == "sh":
        lines = block.code.splitlines()
        prompted = [line[2:] for line in lines if line.startswith("$ ")]
        return ["bash", "-euo", "pipefail", "-c", "\n".join(prompted or lines)]
    if block.language == "python":
        return [sys.executable, "-c", block.code]
    if block.language == "yaml" and block.code.startswith("# watchkeeper.yaml"):
        path = folder / "block.yaml"
        path.write_text(block.code, encoding="utf-8")
        return ["wk", "--config", str(path), "config", "check"]
    return None


def main() -> int:
    """Run every block of the files and folders named; 0 when all went well."""
    files = [
        file
        for argument in map(Path, sys.argv[1:])
        for file in (sorted(argument.rglob("*.md")) if argument.is_dir() else [argument])
    ]
    ran = failed = 0
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for file in files:
        with tempfile.TemporaryDirectory(prefix="wk-docs-") as scratch:
            for block in blocks_of(file):
                command = command_of(block, Path(scratch))
                if command is None:
                    continue
                if block.reason is not None:
                    print(f"not run  {block.file}:{block.line}  {block.reason}")
                    continue
                done = subprocess.run(
                    command, cwd=scratch, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S
                )
                ran += 1
                print(f"{'ok' if done.returncode == 0 else 'FAILED':8} {block.file}:{block.line}")
                if done.returncode != 0:
                    failed += 1
                    print(done.stdout + done.stderr)
            subprocess.run(["wk", "down"], cwd=scratch, env=environment, capture_output=True, check=False)
    print(f"{ran} blocks ran, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
