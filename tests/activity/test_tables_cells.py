import pytest

from activity.tables import write_csv_cell


@pytest.mark.parametrize(
    "text", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\tx", "\r=1", "\n=1", "＝1", "-", "+49 30 1"]
)
def test_disarms_what_a_spreadsheet_would_run(text):
    assert write_csv_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Ann", "-5", "+4915112345", "-3,5", "-1.5e-3", "a=b", "1-2", "ann@example.org"]
)
def test_leaves_plain_text_and_numbers_alone(text):
    assert write_csv_cell(text) == text
