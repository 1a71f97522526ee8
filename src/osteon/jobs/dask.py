"""Workers of an existing Dask cluster that do the chunks of a job."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from typing import Any

import distributed
from distributed.comm import get_address_host_port

from osteon.errors import OsteonError
from osteon.jobs.answer import answered, value_of
from osteon.jobs.job import Chunk, Columns, Job
from osteon.jobs.versions import CODE, difference, installed

_TIMEOUT = "30 s"
_LOCK = Lock()
_contexts: dict[str, Any] = {}
"""The last job's context in this process, by the job's digest: a model is compiled once in each worker."""


def done(job: Job, chunks: Sequence[Chunk], address: str) -> Iterator[tuple[int, Columns]]:
    """Yield number and columns of each chunk, as they are done.

    Raises:
        OsteonError: if there is no scheduler at the address, a worker has another version of a program that results
            depend on, or a chunk loses its worker again and again.
        Exception: whatever the job's function raises; see `answer.portable`.
    """
    here = installed()
    with _client(address) as client, client.as_current():
        for worker, there in client.run(installed, on_error="return").items():
            _refuse_other(worker, here, there)
        # A task, and not scattered data: when the worker that holds it is lost, the scheduler makes it again.
        context = client.submit(_itself, pickle.dumps(job.context), pure=False)
        futures = [
            client.submit(_answer, here, job.function, job.digest, context, chunk, pure=False) for chunk in chunks
        ]
        numbers = {future.key: chunk.number for future, chunk in zip(futures, chunks, strict=True)}
        try:
            for future in distributed.as_completed(futures):
                yield numbers[future.key], value_of(future.result())
        except distributed.KilledWorker as error:
            raise OsteonError(
                f"--scheduler {address}: a chunk of {job.name} lost its worker too often: {error}"
            ) from None
        finally:
            client.cancel([*futures, context])


def _client(address: str) -> Any:
    try:
        # A client made with an address that cannot be read waits for a minute when it is thrown away.
        get_address_host_port(address)
    except ValueError as error:
        raise OsteonError(
            f"--scheduler {address!r} is no address, such as tcp://10.0.0.5:8786 would be: {error}"
        ) from None
    try:
        return distributed.Client(address, timeout=_TIMEOUT, set_as_default=False)
    except (OSError, OverflowError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise OsteonError(f"--scheduler {address}: no Dask scheduler answers there: {reason}") from None


def _refuse_other(worker: str, here: Mapping[str, str], there: Mapping[str, str] | Exception) -> None:
    """Refuse a worker whose results would be those of other programs.

    Args:
        worker: its address.
        here: versions on this machine.
        there: versions on the worker, or what went wrong when it was asked for them.

    Raises:
        OsteonError: if they differ.
    """
    if isinstance(there, Exception):
        raise OsteonError(
            f"worker {worker} cannot say which versions it has ({type(there).__name__}: {there}); "
            f"install osteon {here['osteon']} on it"
        )
    found = difference(here, there)
    if found is not None:
        name, ours, theirs = found
        mend = "install the same state of osteon" if name == CODE else "install the same version"
        raise OsteonError(f"worker {worker} has {name} {theirs}, this machine has {ours}; {mend} on both")


def _answer(here: Mapping[str, str], function: Any, digest: str, context: bytes, chunk: Chunk) -> bytes:
    """Answer for one chunk in a worker, which may have joined after the others were asked for their versions."""
    return answered(_do, here, function, digest, context, chunk)


def _itself(value: bytes) -> bytes:
    return value


def _do(here: Mapping[str, str], function: Any, digest: str, context: bytes, chunk: Chunk) -> Columns:
    """Do one chunk in a worker; one at a time, for a compiled model must not be shared by threads."""
    _refuse_other(distributed.get_worker().address, here, installed())
    with _LOCK:
        if digest not in _contexts:
            _contexts.clear()
            _contexts[digest] = pickle.loads(context)
            _contexts[digest].prepare()
        columns: Columns = function(_contexts[digest], chunk)
        return columns
