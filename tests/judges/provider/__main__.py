"""python -m provider setup FOLDER   prepare a mirror with this provider, and Terraform's configuration
python -m provider serve FOLDER   be the provider (Terraform starts this)
python -m provider share FOLDER   be the provider for many commands, and print TF_REATTACH_PROVIDERS"""

import platform
import shlex
import sys
from pathlib import Path

from . import schema, server


def setup(folder):
    """Writes the provider's executable in the layout of a mirror, and a configuration that names the mirror."""
    cpu = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    target = f"{platform.system().lower()}_{cpu}"
    mirror = folder / "mirror"
    home = mirror / schema.ADDRESS / schema.VERSION / target
    home.mkdir(parents=True)
    program = home / f"terraform-provider-aws_v{schema.VERSION}"
    here = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "provider", "serve", str(folder)]
    program.write_text(f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(here))} exec {shlex.join(command)}\n")
    program.chmod(0o755)
    server.make_certificate(folder / "certificate.pem")
    (folder / "terraformrc").write_text(
        "disable_checkpoint = true\n"
        f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n'
    )


def main():
    commands = {"setup": setup, "serve": server.serve, "share": server.share}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]](Path(sys.argv[2]).resolve())


main()
