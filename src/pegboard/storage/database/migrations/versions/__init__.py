"""The migrations, named by their order."""
