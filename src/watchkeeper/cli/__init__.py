"""The command `wk`: one face of the API, plain text, quick to start."""
