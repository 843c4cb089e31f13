"""The authorities of RDS that `sslmode=verify-full` asks for."""

import ssl
from pathlib import Path

import pytest

BUNDLE = Path(__file__).resolve().parent.parent / "buffet" / "certificates" / "rds.pem"
#: Where App Runner is, and so our databases.
REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("eu-central-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
)
YEAR = 365 * 24 * 60 * 60


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, object]]:
    """The certificates by name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(BUNDLE)
    found = {}
    for one in context.get_ca_certs():
        name = {key: value for ((key, value),) in one["subject"]}
        assert name["organizationName"] == "Amazon Web Services, Inc."
        assert one["subject"] == one["issuer"], "not a root"
        found[name["commonName"]] = one
    return found


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize("kind", ["RSA2048", "RSA4096", "ECC384"])
def test_each_region_has_its_three(
    known: dict[str, dict[str, object]], region: str, kind: str
) -> None:
    assert f"Amazon RDS {region} Root CA {kind} G1" in known


def test_none_ends_before_2060(known: dict[str, dict[str, object]]) -> None:
    ends = [ssl.cert_time_to_seconds(str(one["notAfter"])) for one in known.values()]

    assert min(ends) > 90 * YEAR
