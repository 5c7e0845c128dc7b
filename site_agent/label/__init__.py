"""Labels of a report by rules; languages are data packs."""

from site_agent.label.labeler import label, label_text

__all__ = ["label", "label_text"]
