"""Where scenarios and the journal are kept: adapters of the port `app.ports.Store`."""
