"""What testssl(1) finds at the TLS port: protocols, ciphers, forward secrecy, the server's preferences, and the known
vulnerabilities. Nothing above LOW may be found. Takes two minutes, so it is not part of `make test`: `make soak` runs it."""

import json

from harness import HOST, Server, run
from tls_files import TlsFiles

HARMLESS = ("OK", "INFO", "LOW", "DEBUG")
OWN_PROBLEMS = ("engine_problem",)  # of the scanner: this openssl(1) has no GOST
SCAN = ("-p", "-s", "-f", "-P", "-U")


def scan(server, files):
    """Everything testssl says, as rows with an id, a severity and a finding."""
    report = files["testssl.json"]
    ended = run("testssl", "--add-ca", files["ca.pem"], "--warnings", "batch", "--color", 0, "--quiet",
                "--jsonfile", report, *SCAN, f"{HOST}:{server.ports['tls_port']}", timeout=600)
    rows = json.loads(report.read_text())
    assert any(row["id"] == "TLS1_3" for row in rows), ended.stdout + ended.stderr
    return rows


if __name__ == "__main__":
    files = TlsFiles()
    try:
        with Server("segcache", seg_memory="64MiB", **files.options()) as running:
            running.expected_log = "TLS handshake with .* failed: "
            found = scan(running, files)
    finally:
        files.close()
    for row in found:
        print(f"{row['severity']:8} {row['id']}: {row['finding']}")
    above_low = [row["id"] for row in found if row["severity"] not in HARMLESS and row["id"] not in OWN_PROBLEMS]
    assert not above_low, f"testssl finds more than is harmless: {above_low}"
