"""The way of a call that has a body: admitted, planned, tried at its targets, answered, receipted."""
