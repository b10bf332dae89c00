"""What a list says of its rows, batch after batch."""

from collections import Counter

from campaigns.arriving import Counts, count_on_list
from campaigns.tables import ContactList


def test_refused_rows_of_earlier_batches_stay_counted() -> None:
    contact_list = ContactList()
    count_on_list(contact_list, Counts(rows=10, created=7, refused=Counter(missing_number=3)))
    count_on_list(contact_list, Counts(rows=14, created=10, unchanged=1))
    assert contact_list.refused_rows == 3
