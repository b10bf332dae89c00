"""`python -m cli` is the same as `halali`."""

from cli.main import main

if __name__ == "__main__":
    main()
