"""The HTML report: what the page holds, drawn by the scripts and templates beside `conformance.report.html`."""
