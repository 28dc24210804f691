"""Certificates for tests: made by openssl(1), in a folder of the test's own.

    files = TlsFiles()      # ca, server, client, client.p12-free PEM; other_ca and stranger, whom ca does not know
    with Server("segcache", **files.options(tls_verify="required")) as server, \\
            files.connect(server, "client") as client: ..."""

import pathlib
import socket
import ssl
import tempfile

from harness import HOST, TIME_FACTOR, Connection, run


class TlsFiles:
    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pelikan-tls-")
        self.path = pathlib.Path(self.folder.name)
        for authority in ("ca", "other_ca"):
            self.make(authority)
        self.make("server", "ca")
        self.make("client", "ca")
        self.make("stranger", "other_ca")

    def make(self, name, issuer=None, days=90):
        """name.pem and name.key, for localhost and 127.0.0.1; without an issuer it is one."""
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                   "-subj", f"/CN={name}", "-days", days, "-keyout", self[f"{name}.key"], "-out", self[f"{name}.pem"]]
        if issuer:
            command += ["-CA", self[f"{issuer}.pem"], "-CAkey", self[f"{issuer}.key"],
                        "-addext", "basicConstraints=critical,CA:FALSE",
                        "-addext", f"subjectAltName=DNS:localhost,IP:{HOST}"]
        made = run(*command)
        assert made.returncode == 0, made.stderr
        self[f"{name}.key"].chmod(0o600)

    def __getitem__(self, file):
        return self.path / file

    def options(self, **others):
        """For a server: TLS on any free port."""
        options = {"tls_port": 0, "tls_cert": self["server.pem"], "tls_key": self["server.key"]}
        if others.get("tls_verify", "off") != "off":
            options["tls_ca"] = self["ca.pem"]
        return {**options, **others}

    def context(self, name=None, version=None):
        """A client's: trusts ca, shows name.pem, speaks this version alone."""
        context = ssl.create_default_context(cafile=self["ca.pem"])
        if name:
            context.load_cert_chain(self[f"{name}.pem"], self[f"{name}.key"])
        if version:
            context.minimum_version = context.maximum_version = version
        return context

    def connect(self, server, name=None, version=None):
        return self.connect_to(server.ports["tls_port"], name, version)

    def connect_to(self, port, name=None, version=None):
        raw = socket.create_connection((HOST, port), timeout=10 * TIME_FACTOR)
        return Connection(self.context(name, version).wrap_socket(raw, server_hostname=HOST))

    def close(self):
        self.folder.cleanup()
