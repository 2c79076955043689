"""The plan on screen."""
