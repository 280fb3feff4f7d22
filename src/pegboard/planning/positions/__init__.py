"""Where to buffer: the cheapest stocks that let finished items be promised within a lead time."""
