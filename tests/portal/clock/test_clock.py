"""The one source of "now"."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction

from portal import clock

LAST_YEAR = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_now_is_the_database_clock_in_utc_and_goes_on_within_a_transaction():
    with transaction.atomic():
        first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first < second


@pytest.mark.django_db(transaction=True)
def test_a_shifted_clock_holds_inside_and_outside_transactions_and_ends():
    with clock.shifted(LAST_YEAR):
        assert clock.now() == LAST_YEAR
        with transaction.atomic():
            assert clock.now() == LAST_YEAR
        assert clock.now() == LAST_YEAR
    assert clock.now() - LAST_YEAR > timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_a_shift_within_a_transaction_outlives_a_rolled_back_part():
    with transaction.atomic(), clock.shifted(LAST_YEAR):
        with pytest.raises(LookupError), transaction.atomic():
            raise LookupError
        assert clock.now() == LAST_YEAR
    assert clock.now() != LAST_YEAR


@pytest.mark.django_db(transaction=True)
def test_a_broken_transaction_takes_its_shift_back():
    with pytest.raises(DatabaseError), transaction.atomic(), clock.shifted(LAST_YEAR), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert clock.now() != LAST_YEAR


@pytest.mark.django_db
def test_shifts_nest():
    earlier = LAST_YEAR - timedelta(days=3)
    with clock.shifted(LAST_YEAR):
        with clock.shifted(earlier):
            assert clock.now() == earlier
        assert clock.now() == LAST_YEAR


@pytest.mark.django_db
def test_the_legal_date_is_that_of_shanghai():
    with clock.shifted(LAST_YEAR):
        assert clock.today() == date(2026, 1, 1)
    assert clock.local_date(datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) == date(2026, 6, 30)
    with pytest.raises(ValueError, match="naive"):
        clock.local_date(LAST_YEAR.replace(tzinfo=None))


@pytest.mark.django_db
def test_production_refuses_a_shifted_clock(settings):
    settings.TESTING = settings.DEMONSTRATION = False
    with pytest.raises(ImproperlyConfigured), clock.shifted(LAST_YEAR):
        raise AssertionError
