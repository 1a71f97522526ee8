"""Work in chunks: the same result for any number of workers, and after every kind of interruption."""

from __future__ import annotations

import copyreg
import errno
import gc
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import counting
from conftest import model
from counting import Counting
from osteon.errors import (
    ArchiveError,
    CompilationError,
    Finding,
    OsteonError,
    PluginError,
    ProjectError,
    SimulationError,
    StoppedError,
    UnknownIdError,
)
from osteon.jobs import versions
from osteon.jobs.job import Chunk, Columns, Job
from osteon.jobs.run import chunks_left, run_job, store_of
from osteon.jobs.store import Store
from osteon.simulation.model import Model
from osteon.simulation.readings import UndefinedError

if sys.platform == "win32":
    pytest.skip("needs signals and forks of POSIX", allow_module_level=True)

Result = dict[str, NDArray[Any]]


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


@pytest.fixture
def expected(tmp_path: Path, marks: Path) -> Result:
    """Return the result of a run that nothing disturbs."""
    return run_job(counting.job(Counting(marks)), results=tmp_path / "undisturbed", workers=1)


def _same(first: Result, second: Result) -> None:
    assert list(first) == list(second)
    for name in first:
        assert first[name].dtype == second[name].dtype
        assert first[name].tobytes() == second[name].tobytes()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.npz")}


def _wait_for(true: Callable[[], bool]) -> None:
    """Wait for something that is bound to happen; the limit only ends a test that hangs."""
    limit = time.monotonic() + 60
    while not true():
        assert time.monotonic() < limit, "what had to happen did not"
        time.sleep(0.01)


@pytest.mark.parametrize("workers", [2, 3, 40])
def test_any_number_of_workers_gives_the_same_bytes(
    workers: int, tmp_path: Path, marks: Path, expected: Result
) -> None:
    result = run_job(counting.job(Counting(marks)), results=tmp_path / "other", workers=workers)
    _same(result, expected)
    assert result["item"].tolist() == list(range(23))
    assert _files(tmp_path / "other") == _files(tmp_path / "undisturbed")


def test_chunks_are_cut_alike_and_have_seeds_of_their_own(marks: Path) -> None:
    job = counting.job(Counting(marks))
    assert [list(chunk.items) for chunk in job.chunks][-2:] == [[16, 17, 18, 19], [20, 21, 22]]
    assert len({chunk.seed for chunk in job.chunks}) == 6
    other = Job("counting", counting.counted, Counting(marks), size=23, chunk_size=4, seed=6, key={"of": "tests"})
    assert job.digest != other.digest
    assert not {chunk.seed for chunk in job.chunks} & {chunk.seed for chunk in other.chunks}


def test_the_digest_covers_the_key_and_the_size(marks: Path) -> None:
    made = [
        Job("counting", counting.counted, Counting(marks), size=size, chunk_size=4, seed=5, key=key)
        for size, key in ((23, {"a": 1}), (24, {"a": 1}), (23, {"a": 2}))
    ]
    assert len({job.digest for job in made}) == 3


def test_nothing_is_done_twice(tmp_path: Path, marks: Path, expected: Result) -> None:
    steps: list[None] = []
    again = run_job(
        counting.job(Counting(marks, fatal=0, kills=9)),
        results=tmp_path / "undisturbed",
        step=lambda: steps.append(None),
    )
    _same(again, expected)
    assert steps == []


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_in_the_middle_it_goes_on_to_the_same_bytes(
    how: signal.Signals, tmp_path: Path, marks: Path, expected: Result
) -> None:
    results = tmp_path / "disturbed"
    process = _started(marks, results)
    _wait_for(lambda: len(_files(results)) == 3)
    os.kill(process.pid, how)
    assert process.wait() == -how
    assert len(_files(results)) == 3
    (marks / "open").touch()
    # Standard output ends when the last of the workers has gone: none is left behind.
    process.communicate(timeout=60)
    job = counting.job(Counting(marks))
    assert [chunk.number for chunk in chunks_left(job, results)] == [3, 4, 5]
    _same(run_job(job, results=results, workers=2), expected)
    assert _files(results) == _files(tmp_path / "undisturbed")


def test_ctrl_c_ends_the_workers_and_says_what_is_kept(tmp_path: Path, marks: Path) -> None:
    results = tmp_path / "disturbed"
    process = _started(marks, results)
    _wait_for(lambda: len(_files(results)) == 3)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "StoppedError: stopped; 3 of 6 chunks are kept in" in said
    assert "disturbed" in said
    assert "in _serve" not in said


def test_ctrl_c_is_left_to_the_process_that_started_the_workers(tmp_path: Path, marks: Path, expected: Result) -> None:
    """A terminal sends it to every process; a worker that stopped by itself would lose its chunk."""
    job = counting.job(Counting(marks), counting.interrupted)
    result = run_job(job, results=tmp_path / "disturbed", workers=2)
    assert len(list(marks.glob("interrupted.*"))) == 6
    _same(result, expected)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_ctrl_c_that_python_swallows_stops_the_work_all_the_same(tmp_path: Path, marks: Path) -> None:
    class Swallowing:
        def __del__(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)

    left_over = [Swallowing()]
    with pytest.raises(StoppedError, match="1 of 6 chunks are kept"):
        run_job(counting.job(Counting(marks)), results=tmp_path / "disturbed", workers=1, step=left_over.clear)


def _started(marks: Path, results: Path) -> subprocess.Popen[str]:
    """Return a process of its own group that does three chunks and then waits for a mark."""
    command = [sys.executable, "-c", "import counting; counting.main()", str(marks), str(results), "3"]
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,
    )


def test_a_killed_worker_is_replaced(tmp_path: Path, marks: Path, expected: Result) -> None:
    result = run_job(counting.job(Counting(marks, fatal=2, kills=2)), results=tmp_path / "disturbed", workers=2)
    assert len(list(marks.glob("killed.*"))) == 2
    _same(result, expected)


def test_a_chunk_that_always_kills_its_worker_ends_the_job_and_keeps_the_rest(tmp_path: Path, marks: Path) -> None:
    job = counting.job(Counting(marks, fatal=2, kills=9))
    with pytest.raises(OsteonError, match=r"chunk 2 of counting ended its worker 3 times \(exit code -9\)"):
        run_job(job, results=tmp_path / "disturbed", workers=1)
    assert 2 in {chunk.number for chunk in chunks_left(job, tmp_path / "disturbed")}
    assert {0, 1} <= store_of(job, tmp_path / "disturbed").numbers()


def test_an_error_of_the_work_reaches_the_caller(tmp_path: Path, marks: Path) -> None:
    with pytest.raises(ZeroDivisionError, match="in chunk"):
        run_job(counting.job(Counting(marks), counting.broken), results=tmp_path, workers=2)


@pytest.mark.parametrize("damage", ["truncated", "empty", "other"])
def test_a_damaged_chunk_is_done_again(damage: str, tmp_path: Path, marks: Path, expected: Result) -> None:
    results = tmp_path / "undisturbed"
    path = sorted(results.rglob("*.npz"))[4]
    content = path.read_bytes()
    path.write_bytes({"truncated": content[:-9], "empty": b"", "other": b"x" + content[1:]}[damage])
    job = counting.job(Counting(marks))
    assert [chunk.number for chunk in chunks_left(job, results)] == [4]
    _same(run_job(job, results=results), expected)
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, marks: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OsteonError, match=r"file.*cannot be written: Not a directory"):
        run_job(counting.job(Counting(marks)), results=tmp_path / "file")


def test_an_error_that_cannot_be_unpickled_is_told(
    tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Dask teaches pickle whatever exceptions its workers have raised, in the process that runs them all.
    monkeypatch.delitem(copyreg.dispatch_table, counting.PickyError, raising=False)
    with pytest.raises(OsteonError, match=r"^counting\.PickyError: chunk 0: broken$"):
        run_job(counting.job(Counting(marks), counting.picky), results=tmp_path, workers=1)


def test_a_result_that_cannot_be_pickled_is_told(tmp_path: Path, marks: Path) -> None:
    with pytest.raises((AttributeError, pickle.PicklingError), match="lambda"):
        run_job(counting.job(Counting(marks), counting.unreadable), results=tmp_path, workers=1)


ERRORS = {
    OsteonError: OsteonError("is wrong"),
    ProjectError: ProjectError([Finding("a.toml", "is wrong"), Finding("b.toml", "too")]),
    UnknownIdError: UnknownIdError("unknown 'x'"),
    UndefinedError: UndefinedError("no half-maximum"),
    CompilationError: CompilationError("x.xml: not SBML"),
    SimulationError: SimulationError("m", "control", None, "broken"),
    StoppedError: StoppedError("stopped"),
    PluginError: PluginError("format 'x' of package y 1.0 fails"),
    ArchiveError: ArchiveError("a.omex", "b.xml", "broken"),
}


def _kinds(kind: type[OsteonError]) -> set[type[OsteonError]]:
    return {kind}.union(*(_kinds(each) for each in kind.__subclasses__()))


def test_every_kind_of_error_crosses_processes_whole() -> None:
    assert {kind for kind in _kinds(OsteonError) if kind.__module__.startswith("osteon")} == set(ERRORS)
    for kind, error in ERRORS.items():
        copy = pickle.loads(pickle.dumps(error))
        assert type(copy) is kind
        assert (str(copy), copy.args, vars(copy)) == (str(error), error.args, vars(error))


class Simulating:
    """A compiled model that workers inherit."""

    def __init__(self, made: Model) -> None:
        self.model = made

    def prepare(self) -> None:
        """Compile."""
        assert self.model.simulator


def simulated(context: Simulating, chunk: Chunk) -> Columns:
    """Simulate, and say how many bytes of another process the model was compiled in."""
    inherited = "simulator" in vars(context.model)
    values = [context.model.run("cccp", [1.0]).at("sost", 1.0) for _ in chunk.items]
    return {"value": np.array(values), "inherited": np.full(len(values), inherited)}


def test_a_forked_worker_inherits_the_compiled_model(tmp_path: Path) -> None:
    made = model("mitochondrial_lamin")
    job = Job("simulating", simulated, Simulating(made), size=4, chunk_size=1, seed=0, key={})
    result = run_job(job, results=tmp_path, workers=2)
    assert result["inherited"].all()
    assert (result["value"] == made.run("cccp", [1.0]).at("sost", 1.0)).all()


class _Garbage:
    """Something that only a garbage collection ends, and that says in which process it ended."""

    def __init__(self, folder: Path) -> None:
        self.itself, self.folder = self, folder

    def __del__(self) -> None:
        (self.folder / f"{os.getpid()}.ended").touch()


class _Collecting:
    """Work of one chunk, which collects garbage and says in which process."""

    def prepare(self) -> None:
        """Do nothing."""


def _collected(_context: _Collecting, _chunk: Chunk) -> Columns:
    gc.collect()
    return {"process": np.array([os.getpid()]), "enabled": np.array([gc.isenabled()])}


def test_a_worker_leaves_the_garbage_of_its_parent_alone(tmp_path: Path) -> None:
    """A compiled model waits for its threads when it is freed; a forked process has none of them, and would hang."""
    gc.disable()
    try:
        _Garbage(tmp_path)
        found = run_job(Job("collecting", _collected, _Collecting(), 1, 1, 0, {}), results=tmp_path, workers=1)
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert found["process"][0] != os.getpid()
    assert found["enabled"].all()
    assert list(tmp_path.glob("*.ended")) == []
    gc.collect()
    assert [path.stem for path in tmp_path.glob("*.ended")] == [str(os.getpid())]


def test_a_pickled_model_compiles_anew_and_gives_the_same_bits() -> None:
    made = model("mitochondrial_lamin")
    copy = pickle.loads(pickle.dumps(made))
    assert "simulator" not in vars(copy)
    assert copy.values("cccp") == made.values("cccp")


@pytest.mark.slow
class TestCluster:
    """The same work on a real Dask cluster."""

    @pytest.fixture
    def address(self) -> Iterator[str]:
        """Return the address of a cluster of two processes."""
        distributed = pytest.importorskip("distributed")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, silence_logs=50
        ) as cluster:
            yield cluster.scheduler_address

    def test_a_killed_worker_changes_nothing(self, address: str, tmp_path: Path, marks: Path, expected: Result) -> None:
        job = counting.job(Counting(marks, fatal=2, kills=1))
        result = run_job(job, results=tmp_path / "cluster", scheduler=address)
        assert (marks / "killed.0").exists()
        _same(result, expected)
        assert _files(tmp_path / "cluster") == _files(tmp_path / "undisturbed")

    def test_a_model_travels(self, address: str, tmp_path: Path) -> None:
        made = model("mitochondrial_lamin")
        job = Job("simulating", simulated, Simulating(made), size=4, chunk_size=1, seed=0, key={})
        result = run_job(job, results=tmp_path, scheduler=address)
        assert (result["value"] == made.run("cccp", [1.0]).at("sost", 1.0)).all()

    def test_errors_reach_the_caller(self, address: str, tmp_path: Path, marks: Path) -> None:
        with pytest.raises(ZeroDivisionError, match="in chunk"):
            run_job(counting.job(Counting(marks), counting.broken), results=tmp_path, scheduler=address)

    def test_errors_that_cannot_be_unpickled_are_told(self, address: str, tmp_path: Path, marks: Path) -> None:
        with pytest.raises(OsteonError, match=r"^counting\.PickyError: chunk \d: broken$"):
            run_job(counting.job(Counting(marks), counting.picky), results=tmp_path, scheduler=address)

    def test_a_worker_with_other_versions_is_refused_before_any_work(
        self, address: str, tmp_path: Path, marks: Path
    ) -> None:
        worker = _pretend(address)
        with pytest.raises(OsteonError, match=_refusal(worker)):
            run_job(counting.job(Counting(marks)), results=tmp_path, scheduler=address)
        assert list(tmp_path.rglob("*.npz")) == []

    def test_a_worker_with_other_versions_that_comes_later_is_refused(
        self, address: str, tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from osteon.jobs import dask

        worker = _pretend(address)
        monkeypatch.setattr(dask, "_refuse_other", lambda *_: None)
        with pytest.raises(OsteonError, match=_refusal(worker)):
            run_job(counting.job(Counting(marks)), results=tmp_path, scheduler=address)

    def test_no_scheduler_there(self, tmp_path: Path, marks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from osteon.jobs import dask

        monkeypatch.setattr(dask, "_TIMEOUT", "1 s")
        with pytest.raises(OsteonError, match=r"--scheduler tcp://127.0.0.1:9: no Dask scheduler answers there"):
            run_job(counting.job(Counting(marks)), results=tmp_path, scheduler="tcp://127.0.0.1:9")

    @pytest.mark.parametrize("address", ["", "nonsense", "http://127.0.0.1:8786", "127.0.0.1:9:9"])
    def test_no_address(self, address: str, tmp_path: Path, marks: Path) -> None:
        with pytest.raises(OsteonError, match=rf"--scheduler '{address}' is no address, such as tcp://"):
            run_job(counting.job(Counting(marks)), results=tmp_path, scheduler=address)


def _pretend(address: str) -> str:
    """Let one worker of a cluster seem to have another numpy; return its address."""
    import distributed

    with distributed.Client(address, set_as_default=False) as client:
        worker = min(client.scheduler_info()["workers"])
        client.run(counting.pretend, "0.1", workers=[worker])
    return str(worker)


def _refusal(worker: str) -> str:
    ours = versions.versions()["numpy"]
    return rf"^worker {worker} has numpy 0\.1, this machine has {ours}; install the same version on both$"


def test_another_state_of_the_code_is_another_version() -> None:
    here = versions.installed()
    assert versions.difference(here, dict(here)) is None
    other = {**here, versions.CODE: "0" * 12}
    assert versions.difference(here, other) == (versions.CODE, here[versions.CODE], "0" * 12)
    assert versions.difference(here, {**here, "more": "1"}) == ("more", "missing", "1")


def test_a_full_disk_leaves_no_part_of_a_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Store(tmp_path / "job")
    kept.prepare({"job": "x"})

    def full(descriptor: int, _: bytes) -> None:
        os.close(descriptor)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("osteon.files._fill", full)
    with pytest.raises(OsteonError, match="cannot be written: No space left on device"):
        kept.keep(0, {"x": np.zeros(2)})
    assert [path.name for path in kept.folder.iterdir()] == ["job.json"]
