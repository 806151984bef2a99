"""Swedish housing associations' annual reports: PDF in, fields out, each with its page and confidence."""
