"""Converts the API models that botocore ships (Apache-2.0) to what the gateway reads.

Run with an interpreter that has botocore: `python3 rehearsal/cloud/models/generate.py`.
Documentation is dropped, everything else is kept as it is, one file a service.
"""

import gzip
import json
from pathlib import Path

import botocore

SERVICES = ["autoscaling", "cloudwatch", "codebuild", "codecommit", "codepipeline", "elbv2", "imagebuilder"]


def without_documentation(node):
    if isinstance(node, dict):
        # `documentation` is also the name of members in some shapes; there it maps to a shape reference
        return {
            key: without_documentation(value)
            for key, value in node.items()
            if not (key in ("documentation", "documentationUrl") and isinstance(value, str))
        }
    if isinstance(node, list):
        return [without_documentation(item) for item in node]
    return node


def main():
    data = Path(botocore.__file__).parent / "data"
    for service in SERVICES:
        newest = sorted(data.glob(f"{service}/*/service-2.json.gz"))[-1]
        model = without_documentation(json.loads(gzip.open(newest).read()))
        if "query" in model["metadata"].get("protocols", []):
            model["metadata"]["protocol"] = "query"  # the one that Terraform speaks where a service has several
        kept = {key: model[key] for key in ("metadata", "operations", "shapes")}
        target = Path(__file__).parent / f"{service}.json"
        target.write_text(json.dumps(kept, separators=(",", ":"), sort_keys=True) + "\n")
        print(f"{service}: {len(kept['operations'])} operations, botocore {botocore.__version__}")


main()
