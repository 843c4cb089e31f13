"""What is kept of passwords: as others compute it, as others left it, and shown to nobody."""

from typing import Any

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password

from buffet.models import User
from buffet.passwords import Argon2

PASSWORD = "São, a sentence to keep"
#: By the reference implementation, of a salt that is told: our costs, and those of Django's hasher.
SALT = "MDEyMzQ1Njc4OWFiY2RlZg"
OURS = f"argon2$argon2id$v=19$m=12288,t=3,p=1${SALT}$ZoZoSAierc6A5A8b2k82P8V/sWzSUmZ9Lg5yWDUcrK0"
OLDER = (
    "argon2$argon2id$v=19$m=19456,t=2,p=1$TmFDbGFiY2RlZmdoMDEyMzQ1Njc4OQ$"
    "ZYSdVmeS246Y348Q8NiapsZSOU0V18jdhoCfjHArZ+o"
)


@pytest.fixture(autouse=True)
def as_in_production(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "buffet.passwords.Argon2",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]


def test_a_hash_is_what_the_reference_implementation_computes() -> None:
    assert Argon2().encode(PASSWORD, SALT) == OURS


@pytest.mark.parametrize("kept", [OURS, OLDER])
def test_a_password_is_known_by_its_hash_and_no_other_is(kept: str) -> None:
    assert check_password(PASSWORD, kept)
    for other in ("", "a", PASSWORD[:-1], f"{PASSWORD} ", f"{PASSWORD}\0", PASSWORD.upper()):
        assert not check_password(other, kept)


def test_a_damaged_hash_lets_nobody_in() -> None:
    for kept in (OURS[:-1], f"{OURS[:-1]}!", OURS.replace("t=3", "t=4"), OURS.replace(SALT, "")):
        assert not check_password(PASSWORD, kept)


def test_no_two_hashes_of_a_password_are_alike() -> None:
    kept = {make_password(PASSWORD) for _ in range(4)}

    assert len(kept) == len({one.split("$")[4] for one in kept}) == 4
    assert all(check_password(PASSWORD, one) for one in kept)


@pytest.mark.django_db
def test_what_was_hashed_at_other_costs_is_hashed_anew_when_its_owner_signs_in() -> None:
    user = User.objects.create(email="since@example.com", password=OLDER)

    assert not user.check_password("wrong")
    assert User.objects.get(id=user.id).password == OLDER
    assert user.check_password(PASSWORD)

    kept = User.objects.get(id=user.id).password
    assert kept.startswith("argon2$argon2id$v=19$m=12288,t=3,p=1$")
    assert user.check_password(PASSWORD)
    assert User.objects.get(id=user.id).password == kept, "hashed anew without a reason"


def test_a_summary_shows_neither_salt_nor_hash() -> None:
    shown = identify_hasher(OURS).safe_summary(OURS)

    assert shown["costs"] == "m=12288,t=3,p=1"
    assert SALT not in str(shown)
    assert OURS.rpartition("$")[2] not in str(shown)
