"""Jobs in a database of either kind: who holds one, what becomes of it, and who is told."""

import multiprocessing
from collections.abc import Iterator
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import Engine, text

from pegboard.domain.change import Entry, SetQuantity
from pegboard.domain.finding import error
from pegboard.domain.scenario import StoreError
from pegboard.storage.database import leasing
from pegboard.storage.database.connect import connect, reading
from pegboard.storage.database.jobs import Job, Jobs, Seen
from pegboard.storage.database.leasing import TRIES, Lease, Leasing
from pegboard.storage.database.masters import Masters
from pegboard.storage.database.scenarios import DatabaseStore
from tests.storage.test_database import BERLIN

WHY = error("C708", "SO-1", "there is no open order SO-1")


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    """A plant with one version of master data."""
    found = connect(address)
    Masters(found).add({"items.csv": b"item\nA\n"}, 0, 100, "ann", "")
    yield found
    found.dispose()


def submitted(engine: Engine, kind: str = "replan", params: bytes = b"{}") -> Job:
    return Jobs(engine).submit(kind, params, "ann", 100)


def taken(engine: Engine, worker: str = "w1", seconds: int = 60) -> Lease:
    found = Leasing(engine).take(worker, seconds)
    assert found is not None
    return found


def state(engine: Engine, number: int = 1) -> tuple[str, int]:
    found = Jobs(engine).find(number)
    return found.state, found.tries


def test_a_job_is_pinned_to_the_plant_as_it_was_when_it_was_submitted(engine: Engine):
    """Two changes in the journal, then the job, then a version and a change more."""
    store = DatabaseStore(engine, BERLIN)
    two = (Entry(change=SetQuantity(order="SO-1", qty=1.0)), Entry(change=SetQuantity(order="SO-1", qty=2.0)))
    store.append(two, 0)
    job = submitted(engine, "sweep", b'{"demand":["0.8..1.2"]}')
    store.append((Entry(change=SetQuantity(order="SO-1", qty=3.0)),), 2)
    Masters(engine).add({"items.csv": b"item\nB\n"}, 1, 200, "ben", "")
    lease = taken(engine)
    assert (job.version, job.journal, job.params) == (1, 2, {"demand": ["0.8..1.2"]})
    assert (lease.version, lease.journal, lease.params) == (1, 2, b'{"demand":["0.8..1.2"]}')


def test_a_plant_without_master_data_takes_no_job(address: str):
    engine = connect(address)
    with pytest.raises(StoreError) as refused:
        submitted(engine)
    engine.dispose()
    assert refused.value.finding.code == "C704"


def test_a_job_on_a_scenario_that_is_not_there_is_refused(engine: Engine):
    with pytest.raises(StoreError) as refused:
        Jobs(engine).submit("curve", b"{}", "ann", 100, "late")
    assert refused.value.finding.code == "C493"
    assert Jobs(engine).listed() == ()


def test_the_oldest_job_is_taken_first_and_none_twice(engine: Engine):
    for _ in range(2):
        submitted(engine)
    assert [taken(engine).id, taken(engine).id, Leasing(engine).take("w2")] == [1, 2, None]


def test_a_worker_that_holds_a_job_keeps_its_result(engine: Engine):
    submitted(engine)
    lease = taken(engine)
    assert Leasing(engine).beat(lease, 0.5, "scheduling") == "held"
    assert Leasing(engine).finish(lease, b"[1]")
    assert state(engine) == ("done", 1)
    assert Jobs(engine).result(1) == b"[1]"


def test_a_lease_that_ran_out_writes_nothing(engine: Engine):
    """Held for no time at all: no result, no findings and no progress of it are kept."""
    submitted(engine)
    lease, workers = taken(engine, seconds=0), Leasing(engine)
    assert not workers.finish(lease, b"[1]")
    assert not workers.fail(lease, [WHY])
    assert not workers.give_back(lease)
    assert workers.beat(lease, 0.5, "late") == workers.standing(lease) == "lost"
    found = Jobs(engine).find(1)
    assert (found.state, found.share, found.step, found.findings) == ("running", 0.0, "", ())
    assert Jobs(engine).result(1) is None


def test_a_worker_that_lost_its_job_to_another_writes_nothing(engine: Engine):
    """The second one holds it, and may even be of the same name: only its result is kept."""
    submitted(engine)
    first = taken(engine, "w1", 0)
    second = taken(engine, "w1")
    assert not Leasing(engine).finish(first, b"[1]")
    assert Leasing(engine).finish(second, b"[2]")
    assert Jobs(engine).result(1) == b"[2]"


def test_a_job_whose_workers_vanish_three_times_fails_with_a_finding(engine: Engine):
    submitted(engine)
    for _ in range(3):
        taken(engine, seconds=0)
    assert Leasing(engine).take("w4") is None
    found = Jobs(engine).find(1)
    assert (found.state, found.tries, found.findings[0].code) == ("failed", 3, "C701")
    assert "job 1 (replan) was begun 3 times" in found.findings[0].what


def test_a_job_whose_process_dies_three_times_fails_with_how_it_died(engine: Engine):
    submitted(engine)
    for _ in range(TRIES):
        assert Leasing(engine).died(taken(engine), "was ended by signal 9")
    found = Jobs(engine).find(1)
    assert (found.state, found.tries, found.findings[0].code) == ("failed", 3, "C701")
    assert "was ended by signal 9" in found.findings[0].what


def test_a_job_that_is_given_back_has_not_been_tried(engine: Engine):
    submitted(engine)
    assert Leasing(engine).give_back(taken(engine))
    assert state(engine) == ("waiting", 0)


def test_what_a_dead_worker_held_is_taken_at_once_and_nothing_else(engine: Engine):
    submitted(engine)
    submitted(engine)
    taken(engine, "dead")
    taken(engine, "alive")
    Leasing(engine).bereave("dead")
    assert taken(engine, "w3").id == 1
    assert Leasing(engine).take("w3") is None


def test_a_job_that_waits_is_cancelled_at_once_and_never_begun(engine: Engine):
    submitted(engine)
    assert Jobs(engine).cancel(1, 200).state == "cancelled"
    assert Leasing(engine).take("w1") is None
    assert Jobs(engine).find(1).ended == 200


def test_a_job_that_runs_is_cancelled_by_the_worker_that_holds_it(engine: Engine):
    submitted(engine)
    lease, workers = taken(engine), Leasing(engine)
    assert Jobs(engine).cancel(1, 200).state == "running"
    assert workers.standing(lease) == workers.beat(lease, 0.1, "") == "cancelled"
    assert workers.cancelled(lease)
    assert state(engine) == ("cancelled", 1)


def test_a_job_that_was_to_be_cancelled_when_its_worker_vanished_is_not_begun_again(engine: Engine):
    submitted(engine)
    taken(engine, seconds=0)
    Jobs(engine).cancel(1, 200)
    assert Leasing(engine).take("w2") is None
    assert state(engine) == ("cancelled", 1)


def test_a_job_that_has_ended_cannot_be_cancelled(engine: Engine):
    submitted(engine)
    Leasing(engine).finish(taken(engine), b"[1]")
    assert Jobs(engine).cancel(1, 200).state == "done"


def test_a_job_that_is_not_there_is_a_finding(engine: Engine):
    for use in (Jobs(engine).find, Jobs(engine).result, lambda number: Jobs(engine).cancel(number, 1)):
        with pytest.raises(StoreError) as refused:
            use(7)
        assert refused.value.finding.code == "C703"


def test_whoever_watches_is_told_each_change_once(engine: Engine):
    """Submitted, begun, reported, a heartbeat without news, done; then nothing more."""
    jobs, workers = Jobs(engine), Leasing(engine)
    seen, told = Seen(), []

    def look() -> None:
        nonlocal seen
        changed, seen = jobs.changes_since(seen)
        told.append([(j.id, j.state, j.step) for j in changed])

    look()
    submitted(engine)
    look()
    lease = taken(engine)
    look()
    workers.beat(lease, 0.3, "scheduling")
    look()
    workers.beat(lease, 0.3, "scheduling")
    look()
    workers.finish(lease, b"[1]")
    look()
    look()
    running = [(1, "running", "scheduling")]
    assert told == [[], [(1, "waiting", "")], [(1, "running", "")], running, [], [(1, "done", "")], []]


def test_a_job_that_comes_and_goes_between_two_looks_is_told(engine: Engine):
    _, seen = Jobs(engine).changes_since(Seen())
    submitted(engine)
    Leasing(engine).fail(taken(engine), [WHY])
    changed, _ = Jobs(engine).changes_since(seen)
    assert [(j.state, j.findings) for j in changed] == [("failed", (WHY,))]


def test_of_old_jobs_the_results_go_and_the_record_stays(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    """Two results are kept: of three jobs, two of which gave the same, the first one's goes, and no content is lost."""
    monkeypatch.setattr(leasing, "RESULTS", 2)
    for result in (b"[1]", b"[2]", b"[1]", b"[3]"):
        Leasing(engine).finish((submitted(engine), taken(engine))[1], result)
    assert [Jobs(engine).result(n) for n in (1, 2, 3, 4)] == [None, None, b"[1]", b"[3]"]
    assert [j.state for j in Jobs(engine).listed()] == ["done"] * 4
    with reading(engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM content")) == 3  # two results, and items.csv


def take_all(address: str, name: str, begun: Barrier, found: "SimpleQueue[list[int]]") -> None:
    """Take jobs, from the same moment on as others, until there are no more."""
    workers, mine = Leasing(connect(address)), []
    begun.wait(30)
    while (lease := workers.take(name)) is not None:
        mine.append(lease.id)
    found.put(mine)


def test_two_workers_never_take_the_same_job(engine: Engine, address: str):
    """200 jobs and two processes that race for each: every job is taken, and none twice."""
    for _ in range(200):
        submitted(engine)
    context = multiprocessing.get_context("spawn")
    begun, found = context.Barrier(2), context.SimpleQueue()
    both = [context.Process(target=take_all, args=(address, name, begun, found)) for name in ("ann", "ben")]
    for process in both:
        process.start()
    mine, theirs = found.get(), found.get()
    for process in both:
        process.join()
    assert sorted(mine + theirs) == list(range(1, 201))
    assert all(job.tries == 1 and job.state == "running" for job in Jobs(engine).listed(1000))
