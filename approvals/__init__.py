"""Human decisions: the review of evidence, the deferral of nodes, and the annual summary."""
