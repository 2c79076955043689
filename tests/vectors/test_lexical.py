import subprocess
import sys

import numpy as np
import pytest

from chatly_console.vectors.lexical import DIMENSIONS, embed, embed_one


def similarity(one: str, other: str) -> float:
    vectors = embed([one, other])
    return float(vectors[0] @ vectors[1])


@pytest.mark.parametrize(
    ("text", "near", "far"),
    [
        ("Where is my order?", "my order never came", "Do you have parking?"),
        ("horário de abertura no domingo", "Qual o horário de abertura?", "quero devolver o casaco"),
        ("配達の日を変えたい", "配達はいつですか", "駐車場はありますか"),
        ("डिलीवरी कब होगी", "डिलीवरी में देर है", "दुकान के पास पार्किंग है?"),
        ("متى يصل الطلب", "الطلب لم يصل", "هل يوجد موقف سيارات"),
        ("GLEITSICHTBRILLE", "Gleitsichtbrillen", "Kaffeemühle"),
    ],
)
def test_texts_that_share_words_are_near_in_every_script(text: str, near: str, far: str) -> None:
    assert similarity(text, near) > similarity(text, far) + 0.1


def test_vectors_have_length_one_and_the_right_size() -> None:
    vectors = embed(["one", "two words", "日本語", "👋"])
    assert vectors.shape == (4, DIMENSIONS)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "!?…", "\n\t"])
def test_text_without_a_letter_has_no_direction(text: str) -> None:
    assert not np.any(embed([text, "neighbour"])[0])


def test_case_width_and_punctuation_do_not_matter() -> None:
    assert similarity("Order №1, ＰＬＥＡＳＥ!", "order no1 please") > 0.999


def test_a_text_has_the_same_vector_whatever_stands_beside_it() -> None:
    texts = ["the first text", "", "der zweite", "第三", "x" * 5000] * 30
    together = embed(texts)
    for place in (0, 2, 3, 4, 149):
        assert np.array_equal(together[place], np.array(embed_one(texts[place]), dtype=np.float32))


def test_another_process_gives_the_same_numbers() -> None:
    # hash() differs from process to process; vectors in a database must not.
    script = "from chatly_console.vectors.lexical import embed_one; print(embed_one('Wo bleibt 订单 4711?'))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert said.stdout.strip() == str(embed_one("Wo bleibt 订单 4711?"))


def test_the_numbers_are_those_of_the_first_release() -> None:
    # Vectors are stored: a change of these numbers makes every stored embedding worthless.
    vector = embed_one("Where is my order?")
    high = [1, 6, 35, 36, 49, 86, 111, 139, 142, 148, 172, 175, 180, 189, 206, 282, 286, 297, 302, 325, 333, 349]
    assert [place for place, number in enumerate(vector) if number > 0.15] == high
    assert max(vector) == pytest.approx(0.2294157, abs=1e-6)
