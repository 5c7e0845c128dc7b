"""Labels of a report by rules; languages are data packs."""

from site_agent.label.labeler import label_report, label_text
from site_agent.label.mode import Mode

__all__ = ["Mode", "label_report", "label_text"]
