"""The pages, one file each with its `router`; found by `web.app`. Each translates between forms and packages below."""
