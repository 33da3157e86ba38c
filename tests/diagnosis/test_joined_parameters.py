"""The parameters as a client joins them."""

from hypothesis import given
from hypothesis import strategies as st

from oauthone.diagnosis.encoding import RIGHT_ENCODING
from oauthone.diagnosis.encoding_mistakes import wrong_encodings
from oauthone.diagnosis.escaping import encode, encode_part
from oauthone.diagnosis.joined_parameters import Joiner
from oauthone.diagnosis.parameter_orders import in_order, wrong_orders
from oauthone.diagnosis.sent_request import Parameter

RIGHT = Joiner(RIGHT_ENCODING)


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5)), max_size=5))
def test_pieces_are_encoded_as_the_whole_would_be(pairs: list[tuple[str, str]]) -> None:
    """By every encoder, and in every order."""
    octets = [tuple(text.encode().decode("latin-1") for text in pair) for pair in pairs]
    parameters = tuple(Parameter("query", pair, *pair) for pair in octets)
    texts = [f"{encode(name)}\0{encode(value)}" for name, value in octets]
    orders = [in_order, *(order for _, order in wrong_orders())]
    encoders = [RIGHT.in_another_encoding(encoding) for _, encoding in wrong_encodings(RIGHT_ENCODING)]
    for joiner in (RIGHT, *encoders):
        for order in (*orders, *orders):  # the second time from what it remembers
            joined = joiner.join(parameters, texts, order)
            assert joined.encoded == joined.respell(encode_part(joined.text))
            assert joined.respell is joiner.encoding.part


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5))
def test_pairs_are_respelled_at_once_as_one_by_one(names: list[str]) -> None:
    octets = [name.encode().decode("latin-1") for name in ["oauth_a", *names]]
    parameters = tuple(Parameter("query", (name, name), name, name) for name in octets)
    texts = [f"{encode(name)}\0{encode(name)}" for name in octets]
    for _, encoding in wrong_encodings(RIGHT_ENCODING):
        one_by_one, at_once = (Joiner(encoding) for _ in range(2))
        for text in texts:
            one_by_one.respelled([text])
        assert at_once.respelled(texts) == one_by_one.respelled(texts)
        assert at_once.join(parameters, texts).text == one_by_one.join(parameters, texts).text
