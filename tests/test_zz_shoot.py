import pytest, os
from datetime import timedelta
from decimal import Decimal
import test_languages as tl
from test_languages import full
from test_browser import browser, open_page, shoot, CONTRAST
from django.conf import settings
pytestmark=[pytest.mark.django_db(transaction=True)]
@pytest.mark.parametrize("width",[390,1280])
def test_shots(open_page, full, width):
    page=open_page(width)
    page.get_by_role("button", name="Português").click()
    page.wait_for_selector("html[lang=pt-br]")
    for name,(addr,) in {"overview":("/",),"accounts":("/accounts",),"account":("/accounts/{account}",),"transaction":("/transactions/{transaction}",),"cards":("/cards",),"card":("/cards/{card}",),"statement":("/cards/{card}/{month}",),"coming":("/coming",),"next":("/coming/{next}",),"book":("/books/new",),"nowhere":("/nowhere",)}.items():
        page.goto(addr.format(**full)); shoot(page, f"pt-{name}-{width}")
        assert page.evaluate(CONTRAST)==[]
    page.goto("/cards/{card}/{month}".format(**full))
    if width==1280: page.pdf(path="artifacts/pt-statement.pdf", format="A4", prefer_css_page_size=True)
