"""The names of the buffers: however many and long they are, the one in the editor is in sight."""

import doctest

from chatly_console.query.ui import names_in_sight
from chatly_console.query.ui.buffer_strip import BufferStrip
from tests.query.stage import Stage


def test_the_examples_in_the_documentation_hold() -> None:
    result = doctest.testmod(names_in_sight)
    assert result.attempted >= 3 and result.failed == 0


async def test_the_buffer_in_the_editor_is_named_however_many_there_are(stage: Stage) -> None:
    async with stage.run_test(size=(80, 24)) as pilot:
        editing = stage.pane.editing
        for number in range(1, 8):
            editing.add_buffer(f"[/] invoices of tenant {number}")
        strip = editing.query_one(BufferStrip)
        assert strip.render().plain == "‹6  [/] invoices of tenant 6  ▎[/] invoices of tenant 7 ●"
        editing.step_buffer(1)
        assert strip.render().plain.startswith("▎scratch") and strip.render().plain.endswith(" 5›")
        assert strip.render().cell_length <= 80
        await pilot.click(BufferStrip, offset=(20, 0))
        assert editing.buffers.active.name == "[/] invoices of tenant 1"
        await pilot.press("alt+z")
        assert strip.render().plain.endswith("NORMAL") and "▎[/] invoices of tenant 1" in strip.render().plain
