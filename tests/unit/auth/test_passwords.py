from __future__ import annotations

import pytest

from services.auth.domain import passwords

EMAIL = "ada.lovelace.1815@example.com"


@pytest.mark.parametrize(
    "password",
    [
        "MarathonRunner2026!",
        "runner-password-1",
        "pace42-test-password",
        "test-password-12345",
        "four plain unrelated nouns",
        "ada.lovelace.1815 likes engines",
        "aaaaaaaaaaaa but then more",
        "\N{RUNNER}" * 3 + " über Stock und Stein",
    ],
)
def test_a_password_that_is_not_common_as_a_whole_is_taken_whatever_it_contains(password: str):
    assert passwords.problem(passwords.normalize(password), email=EMAIL) is None


@pytest.mark.parametrize(
    "password",
    [
        *("password1234", "Password1234", "password123456", "P@ssw0rd12345", "qwertyuiop12", "iloveyou12345"),
        *("passwordpassword", "aaaaaaaaaaaa", "abcabcabcabca", "123123123123", "1q2w3e4r5t6y"),
        *("123456789012", "1234567890123", "098765432109", "abcdefghijkl", "qwertyuiopas", "mnbvcxzlkjhg"),
        *(EMAIL, "Ada.Lovelace.1815"),
    ],
)
def test_a_common_password_is_refused_however_it_is_capitalised(password: str):
    assert "too easy" in str(passwords.problem(passwords.normalize(password), email=EMAIL))


@pytest.mark.parametrize(("length", "taken"), [(11, False), (12, True), (128, True), (129, False)])
def test_a_password_has_12_to_128_characters(length: int, taken):
    password = "".join(chr(ord("a") + at * at % 23) for at in range(length))
    assert (passwords.problem(password, email=EMAIL) is None) is taken
