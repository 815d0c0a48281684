# SPDX-License-Identifier: Apache-2.0
"""Checks one rendering of the chart, from standard input: `rendered.py GATEWAY`.

Every object is held against Kubernetes' own schema, strictly; the configuration is read by the gateway itself; what is secret
stands in Secrets alone.
"""

import re
import subprocess
import sys
import tempfile

import kubernetes_validate
import yaml

KUBERNETES = "1.34"
# Custom resources, whose schemas are not Kubernetes' own.
OTHERS = {"cert-manager.io/v1", "monitoring.coreos.com/v1", "cilium.io/v2"}


def main():
    objects = [each for each in yaml.safe_load_all(sys.stdin) if each]
    checked = 0
    for each in objects:
        name = f"{each['kind']} {each['metadata']['name']}"
        if each["apiVersion"] not in OTHERS:
            try:
                kubernetes_validate.validate(each, KUBERNETES, strict=True)
            except kubernetes_validate.ValidationError as error:
                sys.exit(f"{name}: {'.'.join(map(str, error.path))}: {error.message}")
            checked += 1
        if each["kind"] != "Secret" and re.search("BEGIN [A-Z ]*PRIVATE KEY", yaml.dump(each)):
            sys.exit(f"{name} has a private key in it")
    configs = [each["data"]["gateway.yaml"] for each in objects if "gateway.yaml" in each.get("data", {})]
    if len(configs) != 1:
        sys.exit(f"there are {len(configs)} configurations, not one")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(configs[0])
        file.flush()
        run = subprocess.run([sys.argv[1], "--check-config", f"--config={file.name}"], env={}, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"the gateway refuses its configuration:\n{run.stderr}{configs[0]}")
    print(f"{checked} objects, and a configuration that the gateway takes")


main()
