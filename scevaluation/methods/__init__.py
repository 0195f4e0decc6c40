"""What the method assumes and whether it holds: other choices, simulation, published systems."""
