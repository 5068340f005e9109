"""The report: one document of releasable tables, printed as PDF, HTML, CSV, XLSX and JSON."""
