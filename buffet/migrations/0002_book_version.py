"""The function that raises a book's version, once per database transaction."""

from django.db import migrations

CREATE = """
CREATE FUNCTION buffet_touch(book uuid) RETURNS bigint LANGUAGE plpgsql AS $$
-- Return the version that the running database transaction gives the book; the first call takes
-- the lock on the book's row, so that versions become visible in their order.
DECLARE
    mine text := pg_current_xact_id()::text || ':' || book::text || ':';
    kept text := current_setting('buffet.touched', true);
    raised bigint;
BEGIN
    IF starts_with(kept, mine) THEN
        RETURN substr(kept, length(mine) + 1)::bigint;
    END IF;
    UPDATE buffet_book SET version = version + 1 WHERE id = book RETURNING version INTO raised;
    IF raised IS NULL THEN
        RAISE EXCEPTION 'there is no book %', book
        USING ERRCODE = '23503', CONSTRAINT = 'rows_have_a_book';
    END IF;
    -- Local to the transaction, and undone with the savepoint that undoes the raise.
    PERFORM set_config('buffet.touched', mine || raised, true);
    RETURN raised;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("buffet", "0001_initial")]

    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION buffet_touch(uuid)")]
