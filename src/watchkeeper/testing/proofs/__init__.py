"""What a gateway must hold to, tried from outside on the real thing; tests and benchmarks share it."""
