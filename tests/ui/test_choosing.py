"""What a widget is told when the page is drawn again."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def drawn() -> None:
    import streamlit as st

    from kcz_metrics.ui import address, choosing

    address.put(lang=st.session_state["wanted"])
    choosing.hold("number", st.session_state["weight"])
    st.slider("number", 0.0, 9.0, key="number")
    choosing.hold("switch", True)
    st.toggle("switch", key="switch")
    choosing.hold("word", "a")
    st.selectbox("word", ["a", "b"], key="word")


def told(at: AppTest) -> list[bool]:
    """Whether the slider, the switch and the box were given a value in this run."""
    at.run()
    assert not at.exception
    return [one.proto.set_value for one in (at.slider[0], at.toggle[0], at.selectbox[0])]


def test_a_number_is_told_only_where_it_differs_and_a_word_in_each_language() -> None:
    """A value told to a slider again would take back a key pressed meanwhile."""
    at = AppTest.from_function(drawn)
    at.session_state["wanted"], at.session_state["weight"] = "zh", 3.0
    assert told(at) == [True, True, True]
    assert told(at) == [False, False, False]
    at.session_state["wanted"] = "en"
    assert told(at) == [False, False, True]
    at.session_state["weight"] = 4.0
    assert told(at) == [True, False, False]
    assert at.slider[0].value == 4.0
