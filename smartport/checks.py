"""System checks of the house, run by every command and by `make lint`."""
