"""`python -m watchkeeper.cli` is `wk`."""

from watchkeeper.cli.main import main

main()
