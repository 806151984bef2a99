"""Orders that operators give to every running gateway, and what the gateways tell of themselves."""
