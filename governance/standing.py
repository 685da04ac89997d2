"""The database's own proof that an approved series owes its state to one decision that stands.

The check waits for the end of the transaction: the series and its decision may be written in any order.
"""

import pgtrigger

APPROVALS = """
    SELECT count(*) FROM governance_decision AS given
    WHERE given.series_id = subject AND given.effect = 'approve_series'
      AND given.outcome IN ('approved', 'approved_with_conditions') AND NOT given.withdraws
      AND NOT EXISTS (SELECT 1 FROM governance_decision AS later WHERE later.corrects_id = given.id)
"""


def one_standing_approval(subjects: str, *, name: str, operation: pgtrigger.Operation):
    """Approved: exactly one standing approval; withdrawn: one at most; otherwise none.

    `subjects` is a query of the series to check. Their rows are locked, so that two transactions that end
    together see each other.
    """
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=[("subject", "BIGINT"), ("state", "TEXT"), ("approvals", "INT")],
        # The query comes from the code, never from a person.
        func=f"""
            FOR subject IN {subjects} LOOP
                SELECT status INTO state FROM projects_projectseries
                    WHERE id = subject FOR NO KEY UPDATE;
                approvals := ({APPROVALS});
                IF (state = 'approved' AND approvals <> 1)
                    OR (state = 'withdrawn' AND approvals > 1)
                    OR (state IN ('draft', 'submitted') AND approvals > 0) THEN
                    RAISE EXCEPTION 'series % is % with % standing approving decisions',
                        subject, state, approvals USING ERRCODE = 'check_violation';
                END IF;
            END LOOP;
            RETURN NULL;
        """,  # noqa: S608
    )


def series_keeps_its_approval() -> pgtrigger.Trigger:
    return one_standing_approval(
        "SELECT NEW.id",
        name="one_standing_approval",
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
    )


def decision_keeps_series_approved_once() -> pgtrigger.Trigger:
    return one_standing_approval(
        "SELECT series_id FROM governance_decision"
        " WHERE id IN (NEW.id, NEW.corrects_id) AND series_id IS NOT NULL",
        name="one_standing_approval",
        operation=pgtrigger.Insert,
    )
