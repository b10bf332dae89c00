"""The JSON API, one file a resource with its `router`; found by `web.app`. All that a page does is here as well."""
