"""Whether what comes now is still like what came before; one measure a file."""
