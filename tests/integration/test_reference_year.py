import time
import pytest
pytestmark=pytest.mark.django_db
def test_a(year_2021):
    print(year_2021.progress, year_2021.figures())
