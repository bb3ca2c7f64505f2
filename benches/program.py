"""The program that is measured: how it is built, and the versions of everything that runs beside it."""
import json
import os
import subprocess

import peers

HERE = os.path.dirname(os.path.abspath(__file__))


def versions(respend, others):
    """Of everything that is measured."""
    def found(*command):
        try:
            return [peers.said(*command)]
        except (OSError, subprocess.CalledProcessError):
            return []

    commit = "".join(f", commit {commit}" for commit in found("git", "-C", HERE, "describe", "--always", "--dirty"))
    yield peers.said(respend, "--version") + commit
    yield from found("rustc", "--version")
    for peer in others:
        yield f"{peer.name} {peer.version}"


def built():
    """Builds respend as it is released, and returns the program."""
    command = ["cargo", "build", "--release", "--locked", "--bin", "respend", "--message-format", "json-render-diagnostics"]
    ran = subprocess.run(command, cwd=os.path.dirname(HERE), stdout=subprocess.PIPE, check=True)
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    return next(line["executable"] for line in said if line.get("executable"))
