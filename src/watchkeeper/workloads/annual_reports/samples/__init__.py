"""Sample reports: seeded PDFs of invented associations, with their truth.

They share nothing with the readers or their instructions, so that a reader which works on them has
not been told the answers.
"""
