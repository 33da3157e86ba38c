"""What the clock of an answer proves, and the window of its provider."""

from .documented_request import CATALOGUE, make


def test_the_clock_of_an_answer_is_compared_with_the_window_of_the_provider() -> None:
    shop, bank = CATALOGUE["woocommerce"], CATALOGUE["etrade"]
    late = (401, {"Date": "Thu, 26 Nov 2026 22:48:30 GMT"}, b"")  # ten minutes after the request
    assert make(bank, "api_base").diagnosed(bank, late).mistake == "clock-off"
    found = make(shop, "api_base").diagnosed(shop, late)
    assert (found.verdict, shop.name in found.advice) == ("unknown", False)
