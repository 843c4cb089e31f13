"""The shared rates of then, before the real ones: those are far too many to be copied."""

# An index gives the real rows of a pair in the order of their days, and another one the few that
# were something else then, or are gone. The planner merges the two as long as either part of the
# union is a table as it is: conditions are outside of it.
RATES = """
CREATE TEMPORARY TABLE known_rates ON COMMIT DROP AS
SELECT DISTINCT ON (pgh_obj_id) id, base, quote, "on", rate, source, created_at FROM {events}
WHERE pgh_created_at > {at} ORDER BY pgh_obj_id, pgh_id;
ALTER TABLE known_rates ADD PRIMARY KEY (id);
CREATE INDEX ON known_rates (base, quote, "on");
ANALYZE known_rates;
CREATE TEMPORARY VIEW {name} AS
SELECT id, base, quote, "on", rate, source, created_at FROM (
    SELECT id, base, quote, "on", rate, source, created_at, true AS is_now FROM {real}
    UNION ALL
    SELECT id, base, quote, "on", rate, source, created_at, false FROM known_rates
) AS r
WHERE created_at <= {at} AND NOT (is_now AND EXISTS (SELECT FROM known_rates k WHERE k.id = r.id));
"""
