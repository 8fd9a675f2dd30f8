"""Joint handling (并联审批): several departments decide one matter side by side."""
