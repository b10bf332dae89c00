"""The app for people: pages, live stream, JSON API. Translates for the packages below; decides nothing."""
