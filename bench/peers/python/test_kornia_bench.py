"""What needs no torch: the inputs, the clock, the record. `python3 -m unittest` in this folder runs it."""

import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import check
import inputs
import kornia_bench
import measure
import record
import transforms
from works import Missing


class FakeEngine:
    """An engine that knows the reference's numbers, or fails as it is told."""

    version = "1.0"

    def __init__(self, name, failure=None, is_wrong=False):
        self.name = name
        self._failure = failure
        self._is_wrong = is_wrong

    def prepare(self, task, mode):
        if self._failure:
            raise self._failure
        found = {}
        for name, samples in check.reference()[task.work]["expected"].items():
            values = [0.0] * (max(samples["at"]) + 1)
            for place, value in zip(samples["at"], samples["values"]):
                values[place] = value + (1 if self._is_wrong else 0)
            found[name] = values
        return (lambda times=1: None), (lambda: found)


class InputsTest(unittest.TestCase):
    def test_are_those_of_the_catalogue(self):
        for work, known in check.reference().items():
            kornia_bench.assert_inputs(inputs.task_of(work, known["shape"]), known["sums"])

    def test_others_are_refused(self):
        known = check.reference()["colour"]
        task = inputs.task_of("colour", known["shape"])
        task.x[7] += 0.1
        with self.assertRaisesRegex(ValueError, "x of colour"):
            kornia_bench.assert_inputs(task, known["sums"])


class MeasureTest(unittest.TestCase):
    def test_summary(self):
        expected = {"median": 2.5, "quartiles": [1.75, 3.25], "runs": 4}
        self.assertEqual(measure.summary([4, 1, 3, 2]), expected)

    def test_failures_are_given_up(self):
        def fail():
            raise OSError("broken")

        found = measure.take_turns({"good": lambda: None, "bad": fail}, 5, 1)
        self.assertEqual(len(found["good"]), 5)
        self.assertIsInstance(found["bad"], OSError)


    def test_loops(self):
        done = []
        found = measure.take_loops({"a": done.append}, {"a": 100}, 5, 60)
        self.assertEqual(done, [4] * 7)
        self.assertEqual(len(found["a"]), 5)


class CellsTest(unittest.TestCase):
    def test_large_ones_are_for_a_gpu(self):
        self.assertEqual(kornia_bench.cells_of(["eight"], None, False), [("eight", None)])
        self.assertEqual(kornia_bench.cells_of(["eight", "blur"], None, True)[2:], [("eight", (128, 3, 256, 256))])
        self.assertEqual(kornia_bench.cells_of(["eight"], (1, 3, 32, 32), True), [("eight", (1, 3, 32, 32))])


class CompareTest(unittest.TestCase):
    def test_a_nan_does_not_agree(self):
        expected = {"y": {"at": [0, 1], "values": [0.5, 0.5]}}
        found = check.compare(expected, {"y": [0.5, float("nan")]})
        self.assertFalse(found["agrees"])
        self.assertTrue(record.is_json(found))


class RecordTest(unittest.TestCase):
    def run_with(self, engines, arguments=()):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "record.json"
            given = ["--json", str(path), "--rounds", "3", "--shape", "8x3x16x16", *arguments]
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                status = kornia_bench.main(given, lambda *_: (engines, "torch 9", "a device", ["a problem"]))
            self.assertEqual(status, 0)
            return json.loads(path.read_text())

    def test_rows(self):
        failing = FakeEngine("failing", RuntimeError("no\nsuch thing"))
        missing = FakeEngine("missing", Missing("it has no gradients"))
        written = self.run_with(
            [FakeEngine("good"), FakeEngine("wrong", is_wrong=True), failing, missing], ["--only", "colour"]
        )
        rows = {row["engine"]: row for row in written["rows"] if row["mode"] == "both"}
        self.assertEqual(len(written["rows"]), 8)
        self.assertEqual(rows["good"]["wall"]["runs"], 3)
        self.assertEqual(rows["good"]["stream"]["runs"], 1)
        self.assertTrue(rows["good"]["check"]["agrees"])
        self.assertNotIn("problem", rows["good"])
        self.assertNotIn("wall", rows["wrong"])
        self.assertIn("was not timed", rows["wrong"]["problem"])
        self.assertEqual(rows["failing"]["problem"], "it failed: RuntimeError: no")
        self.assertEqual(rows["missing"]["problem"], "it has no gradients")

    def test_fields_are_those_of_the_schema(self):
        written = self.run_with([FakeEngine("good")])
        schema = Path(__file__).resolve().parents[2] / "record.schema.json"
        if not schema.exists():
            self.skipTest("this clone has no bench/record.schema.json")
        schema = json.loads(schema.read_text())
        self.assertEqual(set(written) | {"$schema", "goals"}, set(schema["properties"]))
        fields = schema["$defs"]["row"]
        for row in written["rows"]:
            self.assertLessEqual(set(row), set(fields["properties"]))
            self.assertLessEqual(set(fields["required"]), set(row))

    def test_transforms(self):
        known = check.transform_reference()

        class Kornia(FakeEngine):
            def prepare(self, task, mode):
                name = task.work.removeprefix(transforms.EVERY)
                if name == "jpeg":
                    raise Missing("its result has no gradients")
                found = {}
                for key, samples in known["expected"][name].items():
                    found[key] = [0.0] * (max(samples["at"]) + 1)
                    for place, value in zip(samples["at"], samples["values"]):
                        found[key][place] = value + (name == "hue")
                return (lambda times=1: None), (lambda: found)

        names = ["gamma", "hue", "jpeg"]
        written = self.run_with([Kornia("kornia"), FakeEngine("other")], ["--transforms", *names])
        self.assertEqual([row["engine"] for row in written["rows"]], ["kornia"] * 6)
        rows = {row["work"]: row for row in written["rows"] if row["mode"] == "both"}
        self.assertEqual(list(rows), [f"transform: {name}" for name in names])
        self.assertEqual(rows["transform: gamma"]["wall"]["runs"], 3)
        self.assertIn("differs from augrad", rows["transform: hue"]["problem"])
        self.assertEqual(rows["transform: jpeg"]["problem"], "its result has no gradients")

    def test_every_transform_has_a_call_and_a_reference(self):
        known = check.transform_reference()["expected"]
        self.assertEqual(list(transforms.table()), list(known))
        for name, expected in known.items():
            task = transforms.task_of_transform(name, (2, 3, 8, 8))
            self.assertEqual(sorted(expected), sorted(["y", "x", *task.learned]))

    def test_no_engine_starts(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said), tempfile.TemporaryDirectory() as folder:
            given = ["--json", str(Path(folder) / "record.json")]
            status = kornia_bench.main(given, lambda *_: ([], "torch 9", "a device", ["Kornia did not start."]))
        self.assertEqual(status, 1)
        self.assertIn("Kornia did not start.", said.getvalue())

    def test_an_engine_that_cannot_start(self):
        def start(*_):
            raise RuntimeError("There is no torch.")

        said = io.StringIO()
        with contextlib.redirect_stderr(said):
            self.assertEqual(kornia_bench.main([], start), 1)
        self.assertEqual(said.getvalue(), "There is no torch.\n")


if __name__ == "__main__":
    unittest.main()
