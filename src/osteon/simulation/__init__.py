"""Models in time: what a condition does and when, simulation, and what is read off it."""
