"""What a plan means for people: rows, numbers, reasons. Pure functions of a factory, its supply plan and a schedule."""
