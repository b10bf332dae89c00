"""The REST API v2010 over the engine: paths, parameters, bodies and errors. Call behaviour is left to `engine`."""
