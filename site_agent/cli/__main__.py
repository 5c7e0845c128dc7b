"""``python -m site_agent.cli``."""

from site_agent.cli import main

main()
