"""The process that draws: a Vega-Lite specification a line comes in, its SVG as JSON a line goes out.

Run as a file by `conformance.report.page.drawing`, so that it imports vl-convert and nothing of the suite.
"""

import json
import sys

import vl_convert

if __name__ == "__main__":
    for line in sys.stdin:
        # No address may be loaded from: what a lane or a case is called must not reach out from a report.
        print(json.dumps(vl_convert.vegalite_to_svg(json.loads(line), allowed_base_urls=[])), flush=True)
