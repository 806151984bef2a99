"""The data plane: the one path every model call takes, and the receipt each attempt leaves."""
