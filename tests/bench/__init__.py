"""Benchmarks: what governance costs, side by side with the bare libraries in the same run."""
