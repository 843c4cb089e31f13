"""The catalog of the pages' words: all of the source in it, and all of it translated."""

from reports.management.commands.messages import as_mo, as_po, faults, kept, merged, po_path


def test_the_catalog_is_that_of_the_source() -> None:
    words = merged(kept())

    told = "run `make messages`, and translate what is new"
    assert po_path().read_bytes() == as_po(words), told
    assert po_path().with_suffix(".mo").read_bytes() == as_mo(words), told


def test_every_message_is_translated_with_its_placeholders() -> None:
    assert list(faults(kept())) == []
