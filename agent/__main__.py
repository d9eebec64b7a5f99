"""``python -m agent``: the same door as the console script."""

from agent.cli import main

if __name__ == "__main__":
    main()
