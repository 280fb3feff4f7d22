"""What will be used of items that are kept in stock, learned from what was used."""
