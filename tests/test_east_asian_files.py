"""Files of East Asia that are no UTF-8 are asked about; those of the West are read as ever."""

from io import BytesIO

import pytest

from transactions.imports.reading import Reading, read
from transactions.imports.statement import AmbiguousFile, UnreadableFile
from transactions.imports.tables.profile import Profile

WESTERN = (
    "Zürich", "GRÖSSE", "transação", "LANÇAMENTO", "Élévation", "téléphone", "TÉLÉPHONE", "créée",
    "éléphant", "déjà vu", "élève", "Noël", "mañana", "ÑANDÚ", "città", "È", "à", "Smørrebrød",
    "ÅÄÖ", "ÀÈÌÒÙ", "•••• 1234", "1 000,00 €", "“Café”", "«Olé»", "Nº", "AÇÃO",
)  # fmt: skip


def table(said: str, encoding: str, profile: Profile | None = None) -> Reading:
    """Return what a table with a text reads as."""
    text = f"Date,Description,Amount\n2026-01-05,{said},-500\n"
    return read(BytesIO(text.encode(encoding)), profile=profile)


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("セブンイレブン", "cp932"), ("寿司", "cp932"), ("振込 ATM引出し", "cp932"),
        ("支付宝", "gbk"), ("工资", "gbk"), ("微信支付 早餐", "gbk"),
        ("日期 摘要 薪資轉帳", "big5"), ("스타벅스 강남", "euc_kr"),
        ("날짜 적요 급여 이체", "euc_kr"),
    ],
)  # fmt: skip
def test_a_table_of_east_asia_is_asked_for_its_encoding(said: str, encoding: str) -> None:
    with pytest.raises(AmbiguousFile) as caught:
        table(said, encoding)

    (asked,) = caught.value.questions
    assert (asked.field, asked.line) == ("encoding", 2)
    assert said.startswith(dict(asked.choices)[encoding])
    (statement,) = table(said, encoding, Profile(encoding=encoding)).statements
    assert [one.description for one in statement.lines] == [said]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "iso8859-15", "cp850", "mac-roman"])
@pytest.mark.parametrize("said", WESTERN)
def test_a_short_western_table_is_not_asked_about(said: str, encoding: str) -> None:
    try:
        said.encode(encoding)
    except UnicodeEncodeError:
        return

    assert table(said.replace(",", " "), encoding).statements


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("Кафе", "cp1251"), ("ООО «Ромашка»", "cp1251"), ("СЧЁТ", "cp1251"), ("Її їжа", "cp1251"),
        ("Оплата № 5", "cp1251"), ("Магазин—Пятёрочка", "cp1251"), ("Καφές", "cp1253"),
        ("Άλφα Όνομα Ώρα", "cp1253"), ("Łódź żółć", "cp1250"),
    ],
)  # fmt: skip
def test_other_alphabets_are_not_asked_about(said: str, encoding: str) -> None:
    (statement,) = table(said, encoding).statements

    if said in ("Кафе", "ООО «Ромашка»", "Магазин—Пятёрочка"):
        assert [one.description for one in statement.lines] == [said]


def test_other_formats_of_east_asia_are_refused_until_they_are_utf_8() -> None:
    text = "!Type:Bank\nD31/12/2025\nT-1.00\nPセブンイレブン\n^\n"

    with pytest.raises(UnreadableFile, match="UTF-8"):
        read(BytesIO(text.encode("cp932")))
    (statement,) = read(BytesIO(text.encode())).statements
    assert [one.description for one in statement.lines] == ["セブンイレブン"]
    assert read(BytesIO(text.replace("セブンイレブン", "Café déjà élève").encode("cp1252")))
