"""``python -m site_agent.cli``."""

from site_agent.cli import main

if __name__ == "__main__":  # worker processes import this module too
    main()
