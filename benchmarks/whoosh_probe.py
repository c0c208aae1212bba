"""Probe the Whoosh that this interpreter can import: each defect we know of, as JSON.

`benchmarks/whoosh_distributions.py` runs this file inside a virtual environment per distribution,
so it may import nothing but the standard library and Whoosh. A probe returns (right, detail):
`right` is true where Whoosh does what a reader of its documentation expects.

    python benchmarks/whoosh_probe.py PACKAGE probe            all probes
    python benchmarks/whoosh_probe.py PACKAGE speed            documents/s and milliseconds
    python benchmarks/whoosh_probe.py PACKAGE write FOLDER     leave an index there
    python benchmarks/whoosh_probe.py PACKAGE read FOLDER      open and search that index
"""

from __future__ import annotations

import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from itertools import accumulate
from pathlib import Path
from typing import Any
from unittest import mock

PACKAGE = sys.argv[1] if len(sys.argv) > 1 else "whoosh"
PROBES: dict[str, Callable[[], tuple[bool, str]]] = {}
SEED = 20250701
FUZZED = 4000
CORPUS = 1500
QUERIES = 100


def lib(module: str) -> Any:
    """A module of the distribution under test: lib("fields") is whoosh.fields."""
    return import_module(f"{PACKAGE}.{module}")


def probe(name: str) -> Callable[[Callable[[], tuple[bool, str]]], None]:
    """Register a probe under the name its row of the table shows."""

    def register(function: Callable[[], tuple[bool, str]]) -> None:
        PROBES[name] = function

    return register


@contextmanager
def folder() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="whoosh-probe-") as path:
        yield path


def schema(**fields: Any) -> Any:
    """A schema of the given fields, beside `id` and the text field `t`."""
    lib_fields = lib("fields")
    analyzer = lib("analysis").SpaceSeparatedTokenizer()
    return lib_fields.Schema(
        id=lib_fields.ID(stored=True), t=lib_fields.TEXT(analyzer=analyzer), **fields
    )


def write(index: Any, documents: Iterable[dict[str, Any]], **commit: Any) -> None:
    """Add documents in one commit. Segments stay apart unless `commit` says otherwise."""
    writer = index.writer()
    for document in documents:
        writer.add_document(**document)
    writer.commit(**{"merge": False, **commit})


def ids(results: Iterable[Any]) -> list[str]:
    return [hit["id"] for hit in results]


@contextmanager
def indexed(*segments: list[dict[str, Any]], schema: Any = None) -> Iterator[Any]:
    """An index on disk with one segment per list of documents."""
    with folder() as path:
        index = lib("index").create_in(path, schema or globals()["schema"]())
        for documents in segments:
            write(index, documents)
        yield index


# --- The query parser -----------------------------------------------------------------------


@probe("parser: a word with a space in it (“ủy ban”) is found")
def _() -> tuple[bool, str]:
    fields, analysis = lib("fields"), lib("analysis")
    words = fields.Schema(
        id=fields.ID(stored=True), t=fields.TEXT(analysis.RegexTokenizer(r"ủy ban|\S+"))
    )
    with indexed([{"id": str(n), "t": "ủy ban phường"} for n in range(20)], schema=words) as index:
        query = lib("qparser").QueryParser("t", words).parse("ủy ban")
        with index.searcher() as searcher:
            found = len(searcher.search(query, limit=None))
    return found == 20, f"{query}: {found} of 20"


@probe("parser: `NOT OR x` is parsed")
def _() -> tuple[bool, str]:
    return True, str(lib("qparser").QueryParser("t", schema()).parse("NOT OR x"))


@probe("DateParserPlugin: date:[2020-06-15 TO 2020-06-20] means these six days")
def _() -> tuple[bool, str]:
    dated = schema(date=lib("fields").DATETIME)
    days = ["2020-01-10", "2020-06-17", "2020-12-31"]
    with indexed(
        [{"id": day, "t": "x", "date": datetime.fromisoformat(day)} for day in days], schema=dated
    ) as index:
        parser = lib("qparser").QueryParser("t", dated)
        parser.add_plugin(lib("qparser.dateparse").DateParserPlugin())
        query = parser.parse("date:[2020-06-15 TO 2020-06-20]")
        with index.searcher() as searcher:
            found = sorted(ids(searcher.search(query, limit=None)))
    return found == days[1:2], f"finds {', '.join(found)}"


@probe(f"parser: {FUZZED:,} random inputs raise nothing")
def _() -> tuple[bool, str]:
    fields = lib("fields")
    parser = lib("qparser").QueryParser("t", schema(date=fields.DATETIME, n=fields.NUMERIC))
    pieces = [*'"()[]{}*?:^~/\\+-<>=.,', " ", " AND ", " OR ", " NOT ", " TO ", "t:", "date:"]
    pieces += ["n:", "2020", "5", "x", "phường", "ANDNOT", " ANDMAYBE ", "\0"]
    pick = random.Random(SEED)
    errors: Counter[str] = Counter()
    for _round in range(FUZZED):
        text = "".join(pick.choices(pieces, k=pick.randint(1, 12)))
        try:
            parser.parse(text)
        except Exception as error:  # which ones is what we want to know
            errors[type(error).__name__] += 1
    return not errors, f"{errors.total()} exceptions ({', '.join(errors) or 'none'})"


# --- Searching ------------------------------------------------------------------------------


@probe("Searcher.refresh() leaves deleted documents out")
def _() -> tuple[bool, str]:
    with indexed([{"id": str(n), "t": "x"} for n in range(10)]) as index:
        searcher = index.searcher()
        list(searcher.search(lib("query").Term("t", "x")))
        writer = index.writer()
        writer.delete_by_term("id", "3")
        writer.commit(merge=False)
        with searcher.refresh() as fresh:
            found = len(fresh.search(lib("query").Term("t", "x"), limit=None))
    return found == 9, f"{found} of 9"


def grouped() -> list[dict[str, Any]]:
    return [{"id": str(n), "t": "x", "g": "ab"[n % 2], "h": "cd"[n // 10]} for n in range(20)]


def group_schema() -> Any:
    field = lib("fields").ID
    return schema(g=field(sortable=True), h=field(sortable=True))


@probe("groupedby= keeps to limit=")
def _() -> tuple[bool, str]:
    with indexed(grouped(), schema=group_schema()) as index, index.searcher() as searcher:
        results = searcher.search(lib("query").Term("t", "x"), limit=5, groupedby="g")
        return results.scored_length() == 5, f"asked 5, scored {results.scored_length()}"


@probe("filter= leaves facet counts as they are")
def _() -> tuple[bool, str]:
    with indexed(grouped(), schema=group_schema()) as index, index.searcher() as searcher:
        term = lib("query").Term
        results = searcher.search(term("t", "x"), filter=term("h", "c"), groupedby="g")
        count = len(results.groups("g")["a"])
    return count == 10, f"10 → {count}"


@probe("search_page() past the end is empty or an error")
def _() -> tuple[bool, str]:
    rows = [{"id": str(n), "t": "x"} for n in range(25)]
    with indexed(rows) as index, index.searcher() as searcher:
        page = searcher.search_page(lib("query").Term("t", "x"), 99, pagelen=10)
        return not list(page), f"page 99 of 3 gives page {page.pagenum}"


@probe("Hit.highlights() does not run the analyzer again")
def _() -> tuple[bool, str]:
    fields = lib("fields")
    analyzer = lib("analysis").SpaceSeparatedTokenizer()
    stored = fields.Schema(t=fields.TEXT(analyzer=analyzer, stored=True))
    tokenizer = type(analyzer)
    rows = [{"t": "phường họp"} for _n in range(5)]
    run = mock.patch.object(tokenizer, "__call__", autospec=True, side_effect=tokenizer.__call__)
    with indexed(rows, schema=stored) as index, index.searcher() as searcher:
        hits = searcher.search(lib("query").Term("t", "phường"))
        with run as counted:
            for hit in hits:
                hit.highlights("t")
    return not counted.called, f"{counted.call_count} runs for 5 hits"


@probe("HtmlFormatter escapes quotes")
def _() -> tuple[bool, str]:
    highlight = lib("highlight")
    analyzer = lib("analysis").SimpleAnalyzer()
    marked = highlight.highlight(
        'a " x', {"x"}, analyzer, highlight.WholeFragmenter(), highlight.HtmlFormatter()
    )
    return '"' not in marked.split("<", 1)[0], marked.split("<", 1)[0].strip()


@probe("StandardAnalyzer keeps “Tổ 5”")
def _() -> tuple[bool, str]:
    tokens = [token.text for token in lib("analysis").StandardAnalyzer()("Tổ 5")]
    return tokens == ["tổ", "5"], str(tokens)


@probe("And([x, Every()]).normalize() keeps x")
def _() -> tuple[bool, str]:
    query = lib("query")
    normal = query.And([query.Term("t", "x"), query.Every()]).normalize()
    return normal == query.Term("t", "x"), str(normal)


# --- Scores against brute force -------------------------------------------------------------

VOCABULARY = [f"w{n}" for n in range(1000)]
WEIGHTS = [1 / (n + 1) for n in range(1000)]
TRIED = [f"w{n}" for n in sorted({int(1.1**power) for power in range(72)})]
Scores = dict[int, float]
Score = Callable[[str], Scores]


def corpus() -> list[list[str]]:
    pick = random.Random(SEED)
    return [
        pick.choices(VOCABULARY, WEIGHTS, k=int(3 * 200 ** pick.random())) for _n in range(CORPUS)
    ]


def reference(texts: list[list[str]], deleted: set[int]) -> Score:
    """Word → document → BM25F with Whoosh's rounding of lengths (k1 1.2, b 0.75).

    As in Whoosh, deleted documents count in the statistics until a merge drops them.
    """
    numeric = lib("util.numeric")
    rounded = [numeric.byte_to_length(numeric.length_to_byte(len(text))) for text in texts]
    average = sum(map(len, texts)) / len(texts)
    counts = [Counter(text) for text in texts]

    def scores(word: str) -> Scores:
        holders = [number for number, count in enumerate(counts) if word in count]
        idf = math.log(len(texts) / (len(holders) + 1)) + 1
        return {
            number: idf
            * counts[number][word]
            * 2.2
            / (counts[number][word] + 1.2 * (0.25 + 0.75 * rounded[number] / average))
            for number in holders
            if number not in deleted
        }

    return cache(scores)


def summed(parts: Iterable[Scores], numbers: Iterable[int]) -> Scores:
    return {number: sum(part.get(number, 0.0) for part in parts) for number in numbers}


def both(*parts: Scores) -> Scores:
    return summed(parts, set(parts[0]).intersection(*parts[1:]))


def either(*parts: Scores) -> Scores:
    return summed(parts, set().union(*parts))


def trees(a: str, b: str, c: str, score: Score) -> dict[str, tuple[Any, Scores]]:
    """Kind of query → the query over three words, and its right scores."""
    q = lib("query")
    x, y, z = (q.Term("t", word) for word in (a, b, c))
    sx, sy, sz = score(a), score(b), score(c)
    rest = both(sx, sy).keys() - sz.keys()
    best = {n: max(s.get(n, 0.0) for s in (sx, sy, sz)) for n in either(sx, sy, sz)}
    return {
        "Term": (x, sx),
        "And": (q.And([x, y, z]), both(sx, sy, sz)),
        "Or": (q.Or([x, y, z]), either(sx, sy, sz)),
        "And of an Or": (q.And([q.Or([x, y]), z]), both(either(sx, sy), sz)),
        # A Not adds 1.0 to every score; that moves nothing, so it is taken as right.
        "And with a Not": (q.And([x, y, q.Not(z)]), {n: sx[n] + sy[n] + 1 for n in rest}),
        "AndNot": (q.AndNot(x, y), {n: sx[n] for n in sx.keys() - sy.keys()}),
        "And of an AndNot": (
            q.And([q.AndNot(x, z), y]), {n: sx[n] + sy[n] for n in rest}
        ),
        "AndMaybe": (q.AndMaybe(z, q.Or([x, y])), summed((sz, either(sx, sy)), sz)),
        "DisjunctionMax": (q.DisjunctionMax([x, y, z]), best),
    }  # fmt: skip


KINDS = ("Term", "And", "Or", "And of an Or", "And with a Not", "AndNot", "And of an AndNot",
         "AndMaybe", "DisjunctionMax")  # fmt: skip


def agrees(found: list[tuple[int, float]], right: Scores, limit: int | None) -> bool:
    """The best `limit` documents of `right`, each with its own score; ties in any order."""
    best = sorted(right.values(), reverse=True)[:limit]
    return (
        len(found) == len(best)
        and all(math.isclose(score, right.get(n, -1), rel_tol=1e-6) for n, score in found)
        and all(
            math.isclose(score, wanted, rel_tol=1e-6)
            for (_n, score), wanted in zip(found, best, strict=True)
        )
    )


def wrong(kind: str) -> tuple[bool, str]:
    """How many random queries of a kind err, when all matches are asked for and the best ten."""
    pick, (searcher, score) = random.Random(SEED), trial()
    errors: Counter[int | None] = Counter()
    for _round in range(QUERIES):
        a, b, c = pick.sample(TRIED, 3)
        query, right = trees(a, b, c, score)[kind]
        for limit in (None, 10):
            errors[limit] += not agrees(found(searcher, query, limit), right, limit)
    return not errors.total(), f"of {QUERIES} wrong: {errors[None]} (all), {errors[10]} (best 10)"


def found(searcher: Any, query: Any, limit: int | None) -> list[tuple[int, float]]:
    """What a search gives; nothing where it raises an IndexError, as some trees do."""
    try:
        results = searcher.search(query, limit=limit)
    except IndexError:
        return [(-1, 0.0)]
    return [(int(hit["id"]), float(hit.score)) for hit in results]


@cache
def trial() -> tuple[Any, Score]:
    """A searcher of three segments, every ninth document deleted, and the right scores."""
    texts = corpus()
    rows = [{"id": str(n), "t": " ".join(text)} for n, text in enumerate(texts)]
    deleted = set(range(0, CORPUS, 9))
    index = lib("index").create_in(tempfile.mkdtemp(prefix="whoosh-probe-"), schema())
    for start in range(0, CORPUS, CORPUS // 3):
        write(index, rows[start : start + CORPUS // 3])
    writer = index.writer()
    for number in deleted:
        writer.delete_by_term("id", str(number))
    writer.commit(merge=False)
    searcher = index.searcher()
    shutil.rmtree(index.storage.folder)  # its open files stay readable
    return searcher, reference(texts, deleted)


for _kind in KINDS:
    probe(f"query: {_kind} equals brute force")(partial(wrong, _kind))


@probe("a Prefix scores alike in every segment")
def _() -> tuple[bool, str]:
    one = [{"id": "one", "t": "abc x"}, {"id": "-", "t": "x x"}]
    many = [{"id": "two", "t": "abc x"}, *({"id": "-", "t": f"ab{n} x"} for n in range(2000))]
    with indexed(one, many) as index, index.searcher() as searcher:
        hits = searcher.search(lib("query").Prefix("t", "ab"), limit=None)
        scores = {hit["id"]: float(hit.score) for hit in hits}
    return math.isclose(scores["one"], scores["two"]), f"{scores['one']:.3g} / {scores['two']:.3g}"


@probe("optimize() leaves scores as they are")
def _() -> tuple[bool, str]:
    pick = random.Random(SEED)
    rows = [
        {"id": str(n), "t": " ".join(pick.choices(VOCABULARY, WEIGHTS, k=pick.randint(5, 900)))}
        for n in range(200)
    ]
    with indexed(rows[:100], rows[100:]) as index:
        before = scores_by_id(index)
        index.optimize()
        after = scores_by_id(index)
    drift = max(abs(before[key] - after[key]) for key in before)
    return drift < 1e-6, f"drift {drift:.2g}"


def scores_by_id(index: Any) -> dict[str, float]:
    with index.searcher() as searcher:
        hits = searcher.search(lib("query").Term("t", "w1"), limit=None)
        return {hit["id"]: float(hit.score) for hit in hits}


# --- Files ----------------------------------------------------------------------------------


@probe("opening compound segments copies nothing into memory")
def _() -> tuple[bool, str]:
    pick = random.Random(SEED)
    rows = [
        {"id": str(n), "t": " ".join(f"w{pick.randrange(10**6)}" for _w in range(60))}
        for n in range(1000)
    ]
    with indexed(rows) as index:
        size = sum(path.stat().st_size for path in Path(index.storage.folder).iterdir())
        tracemalloc.start()
        with index.reader():
            held = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    return held < size / 4, f"{held / size:.0%} of the index"


@probe("open_dir(schema=) works where the pickled schema does not")
def _() -> tuple[bool, str]:
    base = type(lib("analysis").SpaceSeparatedTokenizer())
    module = types.ModuleType("vanishing")
    gone = type("Gone", (base,), {"__module__": "vanishing"})
    module.Gone = gone  # type: ignore[attr-defined]
    sys.modules["vanishing"] = module
    fields, opener = lib("fields"), lib("index").open_dir
    mine = fields.Schema(id=fields.ID(stored=True), t=fields.TEXT(analyzer=gone()))
    with indexed([{"id": "1", "t": "x"}], schema=mine) as index:
        del sys.modules["vanishing"]
        with opener(index.storage.folder, schema=mine).searcher() as searcher:
            found = len(searcher.search(lib("query").Term("t", "x")))
        try:
            opener(index.storage.folder)
        except Exception as error:
            return found == 1, f"without schema=: {type(error).__name__}"
    return found == 1, "also without schema="


@probe("commit() syncs to disk")
def _() -> tuple[bool, str]:
    calls: list[int] = []
    real, os.fsync = os.fsync, calls.append  # type: ignore[assignment]
    try:
        with indexed([{"id": "1", "t": "x"}]):
            pass
    finally:
        os.fsync = real
    return bool(calls), f"{len(calls)} calls of fsync"


@probe("commit() keeps the previous table of contents")
def _() -> tuple[bool, str]:
    with indexed([{"id": "1", "t": "x"}], [{"id": "2", "t": "x"}]) as index:
        count = sum(path.suffix == ".toc" for path in Path(index.storage.folder).iterdir())
    return count > 1, f"{count} left"


@probe("a file cut in half is noticed")
def _() -> tuple[bool, str]:
    rows = [{"id": str(n), "t": f"x w{n}"} for n in range(500)]
    noticed = silent = 0
    with indexed(rows) as index, folder() as parent:
        files = [path for path in Path(index.storage.folder).iterdir() if path.stat().st_size > 1]
        for number, path in enumerate(files):
            copy = Path(parent) / str(number)
            shutil.copytree(index.storage.folder, copy)
            os.truncate(copy / path.name, path.stat().st_size // 2)
            try:
                same = read(str(copy)) == 500
            except Exception:  # whatever it is: it was noticed
                noticed += 1
            else:
                silent += not same
    return silent == 0, f"{noticed} of {len(files)} raise, {silent} silently wrong"


def read(path: str) -> int:
    """How many documents hold the word "x" in the index at `path`."""
    with lib("index").open_dir(path, schema=schema()).searcher() as searcher:
        return len(ids(searcher.search(lib("query").Term("t", "x"), limit=None)))


# --- A codec of our own ---------------------------------------------------------------------

POINTS = {
    "per_document_writer", "field_writer", "postings_writer", "postings_reader", "automata",
    "terms_reader", "per_document_reader", "new_segment",
}  # fmt: skip


def codec_module() -> Any:
    try:
        return lib("codec.whoosh3")
    except ModuleNotFoundError:
        return lib("codec.w3")


@probe("codec: writer(codec=) is used, and read back by its own class")
def _() -> tuple[bool, str]:
    stock = codec_module()
    missing = POINTS - set(dir(lib("codec.base").Codec))

    class OwnSegment(stock.W3Segment):  # type: ignore[misc,name-defined]
        def codec(self, **options: Any) -> Any:
            return OwnCodec()

        def should_assemble(self) -> bool:
            return False

    class OwnCodec(stock.W3Codec):  # type: ignore[misc,name-defined]
        def new_segment(self, storage: Any, indexname: str) -> Any:
            return OwnSegment(self, indexname)

    for own in (OwnSegment, OwnCodec):  # so that the index can pickle them
        own.__qualname__ = own.__name__
        setattr(sys.modules[__name__], own.__name__, own)
    with indexed() as index:
        writer = index.writer(codec=OwnCodec())
        writer.add_document(id="1", t="x")
        writer.commit()
        kinds_left = segment_kinds(index)
        compound = any(path.suffix == ".seg" for path in Path(index.storage.folder).iterdir())
        found = read(index.storage.folder)
        index.optimize()
        write(index, [{"id": "2", "t": "x"}], optimize=True)
        OWN["kept"] = segment_kinds(index)
    right = kinds_left == ["OwnSegment"] and not missing and found == 1 and not compound
    return right, f"{kinds_left[0]}; missing: {', '.join(sorted(missing)) or 'nothing'}"


OWN: dict[str, list[str]] = {}


def segment_kinds(index: Any) -> list[str]:
    toc = lib("index").TOC.read(index.storage, "MAIN", schema=schema())
    return [type(segment).__name__ for segment in toc.segments]


@probe("codec: a bare writer() keeps the codec of the index")
def _() -> tuple[bool, str]:
    if not OWN:
        raise RuntimeError("the probe before this one failed")
    return OWN["kept"] == ["OwnSegment"], f"optimize leaves {OWN['kept'][0]}"


# --- The package itself ---------------------------------------------------------------------


def sources() -> list[Path]:
    return sorted(Path(str(import_module(PACKAGE).__file__)).parent.rglob("*.py"))


@probe("no module gives a warning when compiled")
def _() -> tuple[bool, str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for path in sources():
            compile(path.read_bytes(), str(path), "exec")
    return not caught, f"{len(caught)} in {len({item.filename for item in caught})} modules"


@probe("indexing and searching run under python -W error")
def _() -> tuple[bool, str]:
    with folder() as path:
        command = [sys.executable, "-W", "error", __file__, PACKAGE, "write", f"{path}/index"]
        done = subprocess.run(
            command, capture_output=True, text=True, env={"PYTHONPYCACHEPREFIX": path}
        )
    return done.returncode == 0, (done.stderr.strip().splitlines() or ["no warning"])[-1][:90]


# --- Commands -------------------------------------------------------------------------------


def run_probes() -> dict[str, Any]:
    """Name of probe → {"right", "detail"}; a probe that raises is not right."""
    answers = {}
    for name, function in PROBES.items():
        try:
            right, detail = function()
        except Exception as error:  # a defect too: the table shows it
            right, detail = False, f"{type(error).__name__}: {error}"[:90]
        answers[name] = {"right": right, "detail": detail}
    return answers


def speed(documents: int = 3000, rounds: int = 15) -> dict[str, Any]:
    """Documents written a second; median milliseconds of three queries with ten hits.

    Seconds of this process alone: others may work on the machine.
    """
    pick = random.Random(SEED)
    vocabulary = [f"w{n}" for n in range(20000)]
    zipf = list(accumulate(1 / (n + 1) for n in range(20000)))
    texts = [" ".join(pick.choices(vocabulary, cum_weights=zipf, k=150)) for _n in range(documents)]
    q = lib("query")
    queries = {
        "one common word, ms": q.Term("t", "w0"),
        "two-word AND, ms": q.And([q.Term("t", "w3"), q.Term("t", "w9")]),
        "three-word OR, ms": q.Or([q.Term("t", word) for word in ("w5", "w50", "w500")]),
    }
    with folder() as path:
        index = lib("index").create_in(path, schema())
        started = time.process_time()
        write(index, [{"id": str(n), "t": text} for n, text in enumerate(texts)])
        figures = {"documents/s": documents / (time.process_time() - started)}
        with index.searcher() as searcher:
            for name, query in queries.items():
                figures[name] = 1000 * median_seconds(searcher, query, rounds)
    return figures


def median_seconds(searcher: Any, query: Any, rounds: int) -> float:
    seconds = []
    for _round in range(rounds):
        started = time.process_time()
        searcher.search(query, limit=10)
        seconds.append(time.process_time() - started)
    return sorted(seconds)[rounds // 2]


def write_index(path: str) -> dict[str, Any]:
    Path(path).mkdir(parents=True)
    index = lib("index").create_in(path, schema())
    write(index, [{"id": str(n), "t": f"x w{n}"} for n in range(50)])
    return {"found": read(path)}


def main() -> None:
    command, *rest = sys.argv[2:]
    commands: dict[str, Callable[..., Any]] = {
        "probe": run_probes, "speed": speed, "write": write_index,
        "read": lambda path: {"found": read(path)},
    }  # fmt: skip
    print(json.dumps(commands[command](*rest), ensure_ascii=False))


if __name__ == "__main__":
    main()
