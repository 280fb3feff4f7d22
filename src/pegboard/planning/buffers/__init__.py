"""Demand Driven MRP: how large buffers are, what they order and when, and what their stock warns of.

Days are ordinals of local dates (`date.toordinal`); quantities are in the item's unit. `book.py` is the door for the
rest of planning; all else here is arithmetic on plain numbers.

Source of the method: Ptak & Smith, *Demand Driven Material Requirements Planning*; Orlicky, 3rd edition, part IV.
"""
