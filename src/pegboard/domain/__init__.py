"""What a factory is: frozen records without I/O, clock or arrays.

A record's fields are the columns of its file in the factory folder, so each column is named once.
"""
