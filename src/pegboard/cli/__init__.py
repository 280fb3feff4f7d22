"""The command line: a door without logic of its own."""
