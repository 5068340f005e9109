"""The evaluation of task forces: from case files to a report that an evaluator would sign. No Django, no server."""
