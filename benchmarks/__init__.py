"""Speed, measured on this machine: `python -m benchmarks`. Nothing here is part of the product."""
