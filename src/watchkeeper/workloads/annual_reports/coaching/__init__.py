"""How the readers of annual reports are coached: what to try on an error, and what it does to the reports."""
