"""The factory as arrays: calendars, resources and routing steps by index, for planning and scheduling alike."""
