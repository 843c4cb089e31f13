"""The API as clients use it: what it answers, refuses and costs."""

from collections.abc import Callable
from typing import Any

import pytest
from conftest import PASSWORD, Api

from accounts.models import Account
from buffet.models import Book, User

DAY = "2026-06-01"


def spend(api: Api, account: Account, **more: Any) -> Any:
    """Record a purchase and return the answer."""
    body = {"account": str(account.id), "amount": "-42.50", "date": DAY, "description": "Market"}
    return api.post("/transactions", body | more)


def balance(api: Api, account: Account, query: str = "") -> str:
    """Return the balance of an account."""
    return api.get(f"/accounts/{account.id}{query}").json()["balance"]


# Signing in


def test_wrong_credentials_are_refused(owner: User, client: Any) -> None:
    for email, password in ((owner.email, "wrong"), ("nobody@example.com", PASSWORD)):
        answer = Api(client).post("/auth/token", {"email": email, "password": password})

        assert answer.status_code == 401
        assert answer.json()["code"] == "wrong_credentials"
        assert answer["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(
    owner: User, client: Any
) -> None:
    nobody = Api(client)
    first = nobody.post("/auth/token", {"email": owner.email.upper(), "password": PASSWORD}).json()
    second = nobody.post("/auth/refresh", {"refresh": first["refresh"]}).json()
    assert Api(client, second["access"]).get("/users/me").status_code == 200

    assert nobody.post("/auth/refresh", {"refresh": first["refresh"]}).status_code == 401

    assert nobody.post("/auth/refresh", {"refresh": second["refresh"]}).status_code == 401
    assert Api(client, second["access"]).get("/users/me").status_code == 401


def test_signing_out_ends_the_access_token_at_once(owner: User, client: Any) -> None:
    tokens = Api(client).post("/auth/token", {"email": owner.email, "password": PASSWORD}).json()

    assert Api(client).post("/auth/logout", {"refresh": tokens["refresh"]}).status_code == 204

    assert Api(client, tokens["access"]).get("/users/me").status_code == 401


def test_a_deactivated_user_is_out_at_once(owner: User, api: Api) -> None:
    User.objects.filter(id=owner.id).update(is_active=False)

    assert api.get("/accounts").status_code == 401


def test_a_password_in_the_address_is_refused(db: None, client: Any) -> None:
    answer = Api(client).post("/auth/token?password=x", {"email": "a@b.c", "password": "x"})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "?password"


def test_who_i_am(owner: User, book: Book, api: Api) -> None:
    me = api.get("/users/me").json()

    assert (me["email"], me["default_book"]) == (owner.email, str(book.id))
    assert api.get("/books").json()["results"][0]["role"] == "owner"


def test_a_new_book_is_chosen_by_its_header(owner: User, checking: Account, api: Api) -> None:
    answer = api.post(
        "/books", {"name": "Firm", "base_currency": "EUR", "time_zone": "Europe/Lisbon"}
    )
    assert answer.status_code == 201

    firm = Api(api.client, api.token, answer.json()["id"])

    assert firm.get("/accounts").json()["results"] == []
    assert len(api.get("/accounts").json()["results"]) == 1
    for zone in ("Mars/Base", "localtime", "Factory"):
        assert api.patch(f"/books/{firm.book}", {"time_zone": zone}).status_code == 400


# Accounts


def test_an_opening_balance_is_a_transaction_against_equity(book: Book, api: Api) -> None:
    body = {
        "name": "Cash", "kind": "cash", "currency": "BRL", "opened_on": "2026-01-15",
        "opening_balance": "150.00",
    }  # fmt: skip

    account = api.post("/accounts", body)

    assert account.status_code == 201
    assert (account.json()["balance"], account.json()["type"]) == ("150.00", "asset")
    (opening,) = api.get(f"/transactions?account={account.json()['id']}").json()["results"]
    assert (opening["date"], opening["kind"], opening["source"]) == (
        "2026-01-15",
        "equity",
        "opening",
    )
    assert {e["account_type"] for e in opening["entries"]} == {"asset", "equity"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"kind": "cash", "currency": "BRL"}, "/name"),
        ({"name": "x", "kind": "cash", "currency": "brl"}, "/currency"),
        ({"name": "x", "kind": "category", "currency": "BRL"}, "/kind"),
        (
            {"name": "x", "kind": "cash", "currency": "JPY", "opening_balance": "1.5"},
            "/opening_balance",
        ),
        ({"name": "x", "kind": "cash", "currency": "BRL", "balance": "5"}, "/balance"),
        ({"name": "x\x00", "kind": "cash", "currency": "BRL"}, "/name"),
        ({"name": "x", "kind": "cash", "currency": "BRL", "opened_on": "0025-01-01"}, "/opened_on"),
    ],
)
def test_a_wrong_account_says_where(api: Api, body: dict[str, str], pointer: str) -> None:
    answer = api.post("/accounts", body)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_name_is_taken_whatever_its_case(checking: Account, api: Api) -> None:
    answer = api.post("/accounts", {"name": "CHECKING", "kind": "cash", "currency": "BRL"})

    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")


def test_balances_on_any_day(checking: Account, api: Api) -> None:
    for day, amount in (("2026-05-31", "-1.00"), ("2026-06-10", "-2.00"), ("2026-06-20", "-4.00")):
        spend(api, checking, date=day, amount=amount)

    expected = {
        "2026-05-30": "0.00", "2026-05-31": "-1.00", "2026-06-09": "-1.00", "2026-06-10": "-3.00",
        "2026-06-19": "-3.00", "2026-06-20": "-7.00", "2026-06-30": "-7.00", "2027-01-01": "-7.00",
    }  # fmt: skip
    for day, wanted in expected.items():
        assert balance(api, checking, f"?on={day}") == wanted


def test_an_account_with_entries_is_archived_not_deleted(checking: Account, api: Api) -> None:
    spend(api, checking)

    assert api.delete(f"/accounts/{checking.id}").json()["code"] == "has_entries"
    assert api.post(f"/accounts/{checking.id}/archive").json()["archived_at"]
    assert spend(api, checking).json()["errors"][0]["code"] == "archived"
    assert api.get("/accounts?archived=false").json()["results"] == []
    assert api.post(f"/accounts/{checking.id}/reopen").json()["archived_at"] is None
    assert spend(api, checking).status_code == 201


def test_an_account_without_entries_is_deleted(checking: Account, api: Api) -> None:
    assert api.delete(f"/accounts/{checking.id}").status_code == 204
    assert api.get(f"/accounts/{checking.id}").status_code == 404


# Categories


def test_categories_form_a_tree_without_circles(groceries: Account, api: Api) -> None:
    fruit = api.post(
        "/categories", {"name": "Fruit", "type": "expense", "parent": str(groceries.id)}
    ).json()

    listed = api.get("/categories").json()["results"]

    assert [(row["path"], row["depth"]) for row in listed] == [
        ("Groceries", 0), ("Groceries / Fruit", 1),
    ]  # fmt: skip
    answer = api.patch(f"/categories/{groceries.id}", {"parent": fruit["id"]})
    assert (answer.status_code, answer.json()["code"]) == (409, "cycle")
    assert api.patch(f"/categories/{fruit['id']}", {"parent": None}).json()["depth"] == 0
    assert api.patch(f"/categories/{fruit['id']}", {"name": "Veg"}).json()["name"] == "Veg"


def test_a_merge_moves_entries_and_children(
    checking: Account, groceries: Account, salary: Account, api: Api
) -> None:
    food = api.post("/categories", {"name": "Food", "type": "expense"}).json()["id"]
    child = api.post(
        "/categories", {"name": "Fruit", "type": "expense", "parent": str(groceries.id)}
    ).json()["id"]
    id = spend(api, checking, category=str(groceries.id)).json()["id"]

    assert (
        api.post(f"/categories/{groceries.id}/merge", {"into": str(salary.id)}).status_code == 409
    )
    assert api.post(f"/categories/{groceries.id}/merge", {"into": child}).status_code == 409
    answer = api.post(f"/categories/{groceries.id}/merge", {"into": food})

    assert answer.json()["id"] == food
    assert api.get(f"/transactions/{id}").json()["category"] == food
    assert api.get(f"/categories/{child}").json()["parent"] == food
    assert api.get(f"/categories/{groceries.id}").status_code == 404


# Transactions


def test_a_transfer_between_currencies_balances_through_conversion(
    checking: Account, dollars: Account, api: Api
) -> None:
    answer = spend(
        api, checking, amount="-550.00", transfer_to=str(dollars.id), transfer_amount="100.00"
    ).json()

    assert (answer["kind"], answer["transfer_amount"]) == ("transfer", "100.00")
    assert len(answer["entries"]) == 4
    assert (balance(api, checking), balance(api, dollars)) == ("-550.00", "100.00")


def test_a_full_form_must_balance(checking: Account, groceries: Account, api: Api) -> None:
    def body(amount: str) -> dict[str, Any]:
        return {
            "date": DAY,
            "description": "Split",
            "entries": [
                {"account": str(checking.id), "amount": "-10.00"},
                {"account": str(groceries.id), "amount": "7.50", "currency": "BRL"},
                {"account": str(groceries.id), "amount": amount, "currency": "BRL", "note": "Soap"},
            ],
        }

    wrong = api.post("/transactions", body("2.00"))
    right = api.post("/transactions", body("2.50"))

    assert wrong.json()["errors"][0] == {
        "pointer": "/entries",
        "code": "unbalanced",
        "detail": "The entries of each currency add up to zero; they are off by -0.50 BRL.",
    }
    assert (right.json()["kind"], right.json()["category"]) == ("split", None)
    assert balance(api, checking) == "-10.00"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"amount": -42.5}, "/amount"),
        ({"amount": "NaN"}, "/amount"),
        ({"amount": "0.00"}, "/amount"),
        ({"amount": "1.001"}, "/amount"),
        ({"amount": "١٢.٥"}, "/amount"),
        ({"date": "2026-02-30"}, "/date"),
        ({"date": "04/05/2026"}, "/date"),
        ({"description": ""}, "/description"),
        ({"currency": "USD"}, "/currency"),
        ({"nonsense": 1}, "/nonsense"),
        ({"vendor": "0192f0c0-0000-7000-8000-000000000000"}, "/vendor"),
    ],
)
def test_a_wrong_transaction_says_where_and_changes_nothing(
    checking: Account, api: Api, change: dict[str, Any], pointer: str
) -> None:
    answer = spend(api, checking, **change)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert api.get("/transactions").json()["results"] == []


def test_a_body_that_is_too_large_is_refused_as_such(api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = api.post("/brokers", {"name": "Bank", "notes": "x" * 100})

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"date": "\xff"}', b"1e999"]
)
def test_a_body_that_is_no_object_is_a_400(checking: Account, api: Api, body: bytes) -> None:
    answer = api.client.post(
        "/api/v1/transactions",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_null_in_a_patch_clears(checking: Account, groceries: Account, api: Api) -> None:
    vendor = api.post("/vendors", {"name": "Market"}).json()["id"]
    id = spend(api, checking, category=str(groceries.id), vendor=vendor, notes="x").json()["id"]

    changed = api.patch(f"/transactions/{id}", {"category": None, "vendor": None, "notes": None})

    assert [changed.json()[name] for name in ("category", "vendor", "notes")] == [None, None, ""]
    assert changed.json()["amount"] == "-42.50"


def test_a_patch_of_some_entries_leaves_the_others(
    checking: Account, groceries: Account, api: Api
) -> None:
    entries = spend(api, checking, category=str(groceries.id)).json()
    id, (own, other) = entries["id"], entries["entries"]

    unbalanced = api.patch(
        f"/transactions/{id}", {"entries": [{"id": own["id"], "amount": "-50.00"}]}
    )
    changed = api.patch(
        f"/transactions/{id}",
        {
            "entries": [
                {"id": own["id"], "amount": "-50.00"},
                {"account": str(groceries.id), "amount": "7.50", "currency": "BRL"},
            ]
        },
    ).json()

    assert unbalanced.status_code == 400
    assert [e["id"] for e in changed["entries"][:2]] == [own["id"], other["id"]]
    assert [e["amount"] for e in changed["entries"]] == ["-50.00", "42.50", "7.50"]


def test_moving_to_another_account_moves_the_balance(
    checking: Account, savings: Account, api: Api
) -> None:
    id = spend(api, checking).json()["id"]

    api.patch(f"/transactions/{id}", {"account": str(savings.id), "date": "2026-01-01"})

    assert (balance(api, checking), balance(api, savings)) == ("0.00", "-42.50")
    assert balance(api, savings, "?on=2026-01-01") == "-42.50"


def test_deleted_and_restored(checking: Account, api: Api) -> None:
    before = spend(api, checking, external_id="bank-1").json()

    assert api.delete(f"/transactions/{before['id']}").status_code == 204
    assert balance(api, checking) == "0.00"
    after = api.post(f"/transactions/{before['id']}/restore").json()

    assert after["entries"] == before["entries"]
    assert balance(api, checking) == "-42.50"
    assert api.post(f"/transactions/{before['id']}/restore").json()["code"] == "still_there"


def test_an_external_id_stands_once(checking: Account, api: Api) -> None:
    assert spend(api, checking, external_id="bank-1").status_code == 201

    again = spend(api, checking, external_id="bank-1")

    assert again.json()["errors"][0]["code"] == "duplicate"


def test_a_closed_month_is_reopened_by_owners_only(
    checking: Account, api: Api, book: Book, person: Callable[..., User], sign_in: Any
) -> None:
    assert api.post("/closed-months", {"month": "2026-06"}).status_code == 201
    assert spend(api, checking).json()["errors"][0]["code"] == "month_closed"
    editor = sign_in(person("editor", book, "editor"))

    assert editor.delete("/closed-months/2026-06?reason=x").status_code == 403
    assert api.delete("/closed-months/2026-06?reason=x").status_code == 204
    assert spend(api, checking).status_code == 201


# Bulk


def test_bulk_is_all_or_none(checking: Account, api: Api) -> None:
    def rows(last: str) -> dict[str, Any]:
        amounts = ["-1.00", "-2.00", last]
        return {
            "transactions": [
                {"account": str(checking.id), "amount": one, "date": DAY, "description": one}
                for one in amounts
            ]
        }

    wrong = api.post("/transactions/bulk", rows("0.00"))
    right = api.post("/transactions/bulk", rows("-3.00"))

    assert wrong.json()["errors"][0]["pointer"] == "/transactions/2/amount"
    assert [row["amount"] for row in right.json()["results"]] == ["-1.00", "-2.00", "-3.00"]
    assert balance(api, checking) == "-6.00"


def test_two_rows_of_one_bulk_with_one_external_id(checking: Account, api: Api) -> None:
    row = {
        "account": str(checking.id), "amount": "-1.00", "date": DAY, "description": "x",
        "external_id": "same",
    }  # fmt: skip

    answer = api.post("/transactions/bulk", {"transactions": [row, row]})

    assert {error["code"] for error in answer.json()["errors"]} == {"duplicate"}


# Lists


def test_pages_do_not_move_while_rows_come_in(checking: Account, api: Api) -> None:
    for number in range(7):
        spend(api, checking, description=str(number), date=f"2026-06-0{number + 1}")
    first = api.get("/transactions?limit=3").json()
    spend(api, checking, description="late", date="2026-06-09")

    second = api.get(first["next"].partition("/api/v1")[2]).json()
    third = api.get(second["next"].partition("/api/v1")[2]).json()
    back = api.get(third["previous"].partition("/api/v1")[2]).json()

    read = [row["description"] for one in (first, second, third) for row in one["results"]]
    assert read == ["6", "5", "4", "3", "2", "1", "0"]
    assert third["next"] is None
    assert back["results"] == second["results"]


def test_filters(checking: Account, savings: Account, groceries: Account, api: Api) -> None:
    child = api.post(
        "/categories", {"name": "Fruit", "type": "expense", "parent": str(groceries.id)}
    ).json()["id"]
    vendor = api.post("/vendors", {"name": "Corner 100% shop"}).json()["id"]
    spend(api, checking, description="a", category=child, vendor=vendor, amount="-5.00")
    spend(api, checking, description="b", category=str(groceries.id), date="2026-05-31")
    spend(api, savings, description="c", amount="-100.00", status="pending")
    spend(api, checking, description="d", amount="-9.00", transfer_to=str(savings.id))

    def found(query: str) -> set[str]:
        answer = api.get(f"/transactions?{query}")
        assert answer.status_code == 200, answer.content
        return {row["description"] for row in answer.json()["results"]}

    assert found(f"category={groceries.id}") == {"a", "b"}
    assert found(f"category={child}&account={checking.id}") == {"a"}
    assert found("category=none") == {"c"}
    assert found(f"account={savings.id}") == {"c", "d"}
    assert found(f"account={savings.id}&amount_min=0") == {"d"}
    # Any entry that moves money: of the transfer also the one that arrives, which no row shows.
    assert found("amount_min=9&amount_max=9") == {"d"}
    assert found("amount_min=-9&amount_max=-9&status=cleared") == {"d"}
    # On a category what is spent is positive, and on the account it is not.
    assert found(f"category={groceries.id}&amount_min=5&amount_max=5") == {"a"}
    assert found(f"category={groceries.id}&account={checking.id}&amount_max=-5") >= {"a"}
    assert found(f"category={groceries.id}&amount_max=-1") == set()
    assert found(f"vendor={vendor}") == {"a"}
    assert found("date_from=2026-05-31&date_to=2026-05-31") == {"b"}
    assert found("amount_max=-50") == {"c"}
    assert found("status=pending") == {"c"}
    assert found("q=100%25") == {"a"}
    assert found("q=_") == set()
    assert api.get("/transactions?total=true&limit=1").json()["total"] == 4


@pytest.mark.parametrize(
    "query",
    [
        "unknown=1", "limit=0", "limit=501", "limit=x", "cursor=nonsense", "date_from=yesterday",
        "amount_min=1e5", "account=1", "status=done", "limit=1&limit=2", "q=%00",
    ],
)  # fmt: skip
def test_a_wrong_parameter_is_refused_by_name(query: str, api: Api) -> None:
    answer = api.get(f"/transactions?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "?" + query.split("=")[0]


@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/accounts", 2), ("/categories", 2), ("/vendors", 2), ("/brokers", 2),
        ("/transactions", 2), ("/closed-months", 2), ("/books", 3), ("/users/me", 1),
        ("/reports/accounts/portfolio-overview", 3),
    ],
)  # fmt: skip
def test_statements_do_not_grow_with_rows(
    path: str,
    queries: int,
    api: Api,
    checking: Account,
    savings: Account,
    groceries: Account,
    django_assert_max_num_queries: Any,
) -> None:
    for many in (2, 20):
        for number in range(many):
            spend(api, checking, description=f"{many} {number}", category=str(groceries.id))
            api.post("/vendors", {"name": f"{many} {number}"})
            api.post("/brokers", {"name": f"{many} {number}"})
            api.post("/accounts", {"name": f"{many} {number}", "kind": "cash", "currency": "BRL"})
        with django_assert_max_num_queries(queries) as seen:
            assert api.get(path).status_code == 200
        assert len(seen) == queries


def test_bulk_costs_the_same_statements_for_two_and_for_two_hundred(
    checking: Account, api: Api, django_assert_max_num_queries: Any
) -> None:
    counts = []
    spend(api, checking)
    for many in (2, 200):
        rows = [
            {"account": str(checking.id), "amount": "-1.00", "date": DAY, "description": "x"}
        ] * many
        with django_assert_max_num_queries(12) as seen:
            assert api.post("/transactions/bulk", {"transactions": rows}).status_code == 201
        counts.append(len(seen))

    assert counts[0] == counts[1]


# Around it all


def test_errors_are_problems_with_the_request_s_id(api: Api) -> None:
    answer = api.get("/nowhere", **{"X-Request-ID": "given-by-client-1"})

    assert answer.status_code == 404
    assert answer.json()["request_id"] == answer["X-Request-ID"] == "given-by-client-1"
    assert api.get("/nowhere", **{"X-Request-ID": "no\twell formed"})["X-Request-ID"] != "no"


@pytest.mark.parametrize("sent", [None, 7, ["Market"]])
def test_a_text_that_is_none_is_refused_by_what_is_expected(api: Api, sent: object) -> None:
    (fault,) = api.post("/vendors", {"name": sent}).json()["errors"]

    assert fault["detail"] == "A text is expected, in quotes."


def test_health_asks_no_database(client: Any, django_assert_num_queries: Any) -> None:
    assert client.get("/health", headers={"Host": "anything.at.all"}).json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_says_what_it_looked_at(client: Any) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json()["checks"] == {"database": "ok", "migrations": "ok"}


def test_documentation_needs_nobody_else(client: Any) -> None:
    page = client.get("/api/v1/docs")

    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert client.get("/api/v1/schema").json()["openapi"].startswith("3.1")
