"""The command line: thin; every command calls one function of the library."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from scevaluation.commands import Lang, Langs, said_in
from scevaluation.commands.instrument import instrument
from scevaluation.commands.lab import lab
from scevaluation.commands.past import bring_in
from scevaluation.commands.site import site
from scevaluation.console import any_console, say_version
from scevaluation.errors import EvaluationError, IntakeError
from scevaluation.kinds import KINDS
from scevaluation.words import CHECK, LANGUAGES, words

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # its boxes take longer to load than everything else of --help
    context_settings={"max_content_width": 120},
    help="Evaluate a regency's smart-city programme: check rounds, make reports.",
)
Out = Annotated[Path | None, Option(help="Folder of all reports; default reports/.")]
Formats = Annotated[str, Option(help="Formats, comma-separated: html, pdf, xlsx, figures, slides.")]
Engine = Annotated[str, Option(help="inprocess, or kernel for an ordinary Jupyter kernel.")]
Sheet = Annotated[str, Option(help="Sheet with the table of scores, where a workbook holds several.")]
NoWait = Annotated[bool, Option("--no-wait", help="Do not wait for another command at work on the round; say who it is.")]
AsOf = Annotated[str, Option(help="Day of a handover brief, such as 2025-03-01: from the last round scored by then.")]
RoundOption = Annotated[str, Option("--round", help="Round, such as 2023-S2.")]


def _listed(text: str) -> tuple[str, ...]:
    """The parts of a comma-separated option."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _waiting(no_wait: bool, lang: str) -> dict:
    """Whether a command waits for another at work on the round, and how it tells that it does."""

    def tell(found: dict) -> None:
        from scevaluation.issues import sentence

        w = words(lang, CHECK)
        typer.echo(w("desk.waits", fact=sentence(found, w)), err=True)

    return {"wait": not no_wait, "tell": tell}


app.command()(instrument)
app.command()(lab)
app.command()(site)
app.command("import")(bring_in)


@app.callback()
def _stand(
    ctx: typer.Context,
    workspace: Annotated[Path | None, Option(help="Workspace; default: the one the working directory stands in.")] = None,
    version: Annotated[bool, Option("--version", help="Say the version and stop.", callback=say_version, is_eager=True)] = False,
) -> None:
    if workspace:  # before anything asks where things are
        os.environ["SCEVALUATION_WORKSPACE"] = str(workspace.absolute())
    from scevaluation.workspace import language

    said_in[0] = language()
    ctx.default_map = {c.name or c.callback.__name__: {"lang": said_in[0]} for c in app.registered_commands if c.callback}


@app.command()
def new(
    name: Annotated[str, Argument(help="Name of the programme and of the folder to make.")],
    region: Annotated[str, Option(help="The region's code, such as 94.04, or its name.")],
    lang: Lang = "id",
) -> None:
    """Make a workspace: a folder of your own."""
    from scevaluation.workspace import made

    typer.echo("\n".join(made(name, region, lang)))


@app.command()
def where(lang: Lang = "id") -> None:
    """Show what comes from where: own or shipped."""
    from scevaluation.workspace import where as lines

    typer.echo("\n".join(lines(lang)))


@app.command()
def upgrade(lang: Lang = "id") -> None:
    """Bring the workspace to this version; list changed figures."""
    from scevaluation.workspace import upgrade as lines

    typer.echo("\n".join(lines(lang)))


@app.command()
def report(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: Annotated[str, Option("--round", help="Round, such as 2023-S2; with --as-of it may be left out.")] = "",
    lang: Lang = "id",
    kind: Annotated[str, Option(help=f"Kind of report: {', '.join(KINDS)}.")] = "round",
    sector: Annotated[str, Option(help="Sector, for the kind sector.")] = "",
    as_of: AsOf = "",
    other: Annotated[str, Option("--with", help="For the kind compare: PROGRAMME, ROUND or PROGRAMME/ROUND.")] = "",
    peers: Annotated[str, Option(help="Regions to set beside it, codes or names, comma-separated; default: the nearest.")] = "",
    formats: Formats = "html",
    out: Out = None,
    engine: Engine = "inprocess",
) -> None:
    """Make the report of one round and print its path and headline."""
    from scevaluation.press.report import make_report

    made = make_report(programme, round_name, lang, kind, out, engine, sector, _listed(formats), False, as_of, other, peers)
    typer.echo(f"{made.page}\n{made.headline}")


@app.command()
def share(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    profile: Annotated[str, Option(help="internal, or public: free texts only with a yes in public.csv.")] = "internal",
    lang: Langs = "id",
    kinds: Annotated[str, Option(help="Kinds of report, comma-separated.")] = "round",
    formats: Formats = "html,pdf,xlsx,figures,slides",
    out: Out = None,
) -> None:
    """Put the reports of a round into one zip with a manifest of hashes, and print its path."""
    from scevaluation.press.bundle import share as write

    what = {"langs": _listed(lang), "kinds": _listed(kinds), "formats": _listed(formats)}
    typer.echo(write(programme, round_name, profile, **what, out=out, tell=lambda line: typer.echo(line, err=True)))


@app.command()
def check(
    what: Annotated[list[str], Argument(help="Files (.xlsx, .xls, .xlsb, .ods, .csv, or a web page), or programmes.")],
    programme: Annotated[str, Option(help="Programme of a file; default: what the file or its folder says.")] = "",
    round_name: Annotated[str, Option("--round", help="Round of a file; default: what the file says.")] = "",
    sheet: Sheet = "",
    lang: Lang = "id",
) -> None:
    """List everything that is wrong with received files, or with all files of a programme, each with cell and remedy."""
    from scevaluation.intake.check import issues_of_each
    from scevaluation.issues import count, describe

    w = words(lang, CHECK)
    issues = issues_of_each(what, programme, round_name, sheet)
    for row in issues:
        typer.echo(f"{w('severity.' + row['severity'])}: {describe(row, w)}")
    errors, warnings = (count(issues, kind) for kind in ("error", "warning"))
    typer.echo(w("check.summary", errors=w.num(errors, 0), warnings=w.num(warnings, 0)))
    if errors:
        raise typer.Exit(1)


@app.command()
def blank(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    out: Annotated[Path | None, Option(help="Workbook to write (with --per-agency: folder); default <programme>-<round>.")] = None,
    per_agency: Annotated[bool, Option("--per-agency", help="A workbook for every agency, with only its items.")] = False,
    deadline: Annotated[str, Option(help="Day by which the forms are due, such as 2025-06-30.")] = "",
    instrument: Annotated[str, Option(help="Another questionnaire than the round's.")] = "",
    no_wait: NoWait = False,
    lang: Lang = "id",
) -> None:
    """Write the workbook to fill in for a round, or one for every agency."""
    from scevaluation.intake.blank import blank as write
    from scevaluation.intake.blank import questionnaire
    from scevaluation.intake.round_files import unnamed
    from scevaluation.issues import describe
    from scevaluation.period import Period
    from scevaluation.programme import load_programme

    plan, chosen, w = load_programme(programme), questionnaire(instrument), words(lang, CHECK)
    if not per_agency:
        typer.echo(write(plan, round_name, out or Path(f"{programme}-{round_name}.xlsx"), chosen))
    else:
        from scevaluation.intake.forms_out import ask
        from scevaluation.report.board import asked_lines

        folder, how = out or Path(f"{programme}-{round_name}"), _waiting(no_wait, lang)
        typer.echo("\n".join(asked_lines(ask(plan, round_name, folder, chosen, deadline, **how), folder, words(lang))))
    if missing := unnamed(plan, str(Period(round_name)), "warning"):  # the forms could not be taken in when they come back
        typer.echo(f"{w('severity.warning')}: {describe(missing, w)}", err=True)


@app.command()
def intake(
    programme: Annotated[str, Option(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    files: Annotated[list[Path] | None, Argument(help="Returned forms: .xlsx, .xls, .xlsb, .ods, .csv, or a page saved as one.")] = None,
    accept: Annotated[bool, Option("--accept", help="Say yes to every close match that is proposed.")] = False,
    this_round: Annotated[bool, Option("--this-round", help="The forms are of this round, whatever a sheet or title names.")] = False,
    received: Annotated[str, Option(help="Day on which the forms came, such as 2025-06-30; default: today.")] = "",
    undo: Annotated[str, Option(help="Instead: a record's number, or a file that was taken, that no longer counts.")] = "",
    reason: Annotated[str, Option(help="Why it is undone.")] = "",
    by: Annotated[str, Option(help="Who says so.")] = "",
    rebuild: Annotated[bool, Option("--rebuild", help="Instead: make the round's tables anew from its journal.")] = False,
    preview: Annotated[bool, Option("--preview", help="Only show on a page how each is read; take nothing in.")] = False,
    out: Annotated[Path | None, Option(help="Folder of the previews; default <programme>-<round>-preview.")] = None,
    sheet: Sheet = "",
    no_wait: NoWait = False,
    lang: Lang = "id",
) -> None:
    """Take returned forms into a round: each whole or not at all, kept unchanged, every change to a value logged."""
    from scevaluation.intake import mend
    from scevaluation.intake.cells import day_or_today
    from scevaluation.intake.form import always
    from scevaluation.intake.store import intake as take
    from scevaluation.issues import issue, refusal
    from scevaluation.press import preview as pages
    from scevaluation.programme import load_programme
    from scevaluation.report import board as say

    forms = files or []
    if bool(forms) + bool(undo) + rebuild != 1:
        raise refusal(IntakeError, [issue("", "", "one_of_three", "error", "", "", "name_one")])
    w, plan, day, how = words(lang), load_programme(programme), day_or_today(received), _waiting(no_wait, lang)

    def ask(field: str, found: str, taken: str) -> bool:
        if field == "round" and this_round:
            return True
        if accept or not sys.stdin.isatty():
            return accept and always(field, found, taken)
        return typer.confirm(w("desk.ask", field=field, found=found, taken=taken))

    if undo:
        typer.echo("\n".join(say.undone_lines(mend.undo(plan, round_name, undo, reason, day, by, **how), w)))
        return
    if rebuild:
        typer.echo("\n".join(say.rebuilt_lines(mend.rebuild(plan, round_name, day, **how), w)))
        return
    if preview:
        folder = out or Path(f"{programme}-{round_name}-preview")
        lines, whole = pages.previews(forms, plan, round_name, folder, lang, ask, sheet)
        typer.echo("\n".join(lines))
        raise typer.Exit(not whole)
    results = take(forms, plan, round_name, day, ask, sheet=sheet, **how)
    for taken in results:
        pages.keep_page(taken, plan, lang)
        typer.echo("\n".join(say.taken_lines(taken, w)))
    if any(t.state not in ("taken", "same") for t in results):
        raise typer.Exit(1)


@app.command()
def correct(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    indicator: Annotated[str, Option(help="Indicator, as in the round's table.")],
    source: Annotated[str, Option(help="self, verified, final or assessor:<id>.")],
    score: Annotated[str, Option(help="The right score, such as 3 or 2,5; '' if there is none.")],
    reason: Annotated[str, Option(help="Why it is corrected.")],
    by: Annotated[str, Option(help="Who says so.")],
    agency: Annotated[str, Option(help="Agency, as in the round's table; '' if the row has none.")] = "",
    received: Annotated[str, Option(help="Day of the correction, such as 2025-06-30; default: today.")] = "",
    no_wait: NoWait = False,
    lang: Lang = "id",
) -> None:
    """Correct one score of a round by hand: old and new value, reason and name stay in the round's journal."""
    from scevaluation.intake import mend
    from scevaluation.intake.cells import day_or_today
    from scevaluation.programme import load_programme
    from scevaluation.report.board import corrected_lines

    row, day, how = (indicator, agency, source), day_or_today(received), _waiting(no_wait, lang)
    done = mend.correct(load_programme(programme), round_name, row, score, reason, by, day, **how)
    typer.echo("\n".join(corrected_lines(row, done, words(lang))))


@app.command()
def board(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    today: Annotated[str, Option(help="Day by which what has not come is late; default: today.")] = "",
    lang: Lang = "id",
) -> None:
    """Show who has reported what, what is late, and how far the index can still move."""
    from scevaluation.intake.cells import day_or_today
    from scevaluation.programme import load_programme
    from scevaluation.report.board import board_lines

    typer.echo("\n".join(board_lines(load_programme(programme), round_name, day_or_today(today).isoformat(), words(lang))))


@app.command()
def diff(
    programme: Annotated[str, Argument(help="Programme, a folder of data/programmes.")],
    round_name: RoundOption,
    lang: Lang = "id",
) -> None:
    """Show what the restatements of a round did to its scores, index and verdicts."""
    from scevaluation.programme import load_programme
    from scevaluation.report.board import diff_lines

    typer.echo("\n".join(diff_lines(load_programme(programme), round_name, words(lang))))


@app.command()
def batch(
    programmes: Annotated[list[str] | None, Argument(help="Programmes; default: all of the workspace.")] = None,
    rounds: Annotated[str, Option(help="Rounds, comma-separated or first..last; default: all scored.")] = "",
    kinds: Annotated[str, Option(help="Kinds of report, comma-separated.")] = "round",
    as_of: AsOf = "",
    national: Annotated[str, Option(help="A letter's round: the report of every region in it, and the national one.")] = "",
    lang: Langs = "id",
    formats: Formats = "html",
    workers: Annotated[int, Option(min=0, help="Reports made at a time; 0: one a core.")] = 0,
    engine: Engine = "inprocess",
    scheduler: Annotated[str, Option(help="Address of a dask scheduler, such as tcp://host:8786.")] = "",
    upload: Annotated[bool, Option(help="Send data/ to the scheduler's workers, which share no folder.")] = False,
    force: Annotated[bool, Option(help="Make also what is unchanged.")] = False,
    keep_going: Annotated[bool, Option("--keep-going/--stop-at-failure", help="Go on after a failure.")] = True,
    wait: Annotated[bool, Option(help="Wait for another batch in the same folder.")] = False,
    timeout: Annotated[float, Option(help="Seconds one report may take.")] = 300.0,
    memory: Annotated[float, Option(help="Gigabytes one report may take.")] = 2.0,
    site: Annotated[bool, Option(help="Bring the linked pages in the folder's site up to it.")] = True,
    explain: Annotated[bool, Option(help="Say why each report is made.")] = False,
    quiet: Annotated[bool, Option(help="Say nothing but failures.")] = False,
    as_json: Annotated[bool, Option("--json", help="One JSON object for scripts instead.")] = False,
    out: Out = None,
) -> None:
    """Make many reports: what is new or changed; one that fails does not stop the others."""
    from scevaluation.press import batch as b
    from scevaluation.press.progress import told

    how = b.How(
        out=out or b.REPORTS, formats=_listed(formats), workers=workers, engine=engine, scheduler=scheduler, upload=upload,
        force=force, keep_going=keep_going, wait=wait, timeout=timeout, memory=int(memory * 1e9), site=site,
    )  # fmt: skip
    langs = _listed(lang)
    jobs = b.national_jobs(national, langs) if national else b.jobs_of(programmes or (), rounds, _listed(kinds), langs, as_of)
    summary = told(jobs, how, "json" if as_json else "quiet" if quiet else "full", explain, said_in[0])
    if summary.failed or summary.index or summary.site:
        raise typer.Exit(1)


@app.command()
def verify(folder: Annotated[Path | None, Argument(help="Folder of reports; default reports/.")] = None, lang: Lang = "id") -> None:
    """Hash reports and their inputs again and name what no longer matches."""
    from scevaluation.place import REPORTS
    from scevaluation.press.verify import summary

    lines, right = summary(folder or REPORTS, words(lang))
    typer.echo("\n".join(lines))
    if not right:
        raise typer.Exit(1)


@app.command()
def gate(
    name: Annotated[str, Argument(help="Gates, comma-separated, or all.")],
    pages: Annotated[list[Path], Argument(help="Pages of reports (.html).")],
    lang: Lang = "id",
) -> None:
    """Check pages before they are given away: addresses, accessibility, colours, numbers, size, paper, equal bytes."""
    from scevaluation.press.proof import run

    w, wrong = words(lang), 0
    for page in pages:
        for gate_name, broken in run(_listed(name), page).items():
            typer.echo(f"{page}: {w('gate.name.' + gate_name)}: {w('gate.broken' if broken else 'gate.holds')}")
            for row in broken:
                typer.echo(f"  {row.where}: {w.text(row.found)}")
            wrong += len(broken)
    if wrong:
        raise typer.Exit(1)


def main() -> None:
    """Entry point: an error of ours is one sentence of fact and one of remedy, never a traceback."""
    any_console()
    os.environ.pop("MPLBACKEND", None)  # nothing is shown in a window, and one that is unknown stops matplotlib
    gc.set_threshold(50_000, 20, 50)  # loading what lasts would set off the search for unused cycles again and again
    # Pandera loads hypothesis where the tests have it, a fifth of a second for nothing here; None says that it is not to be had.
    sys.modules.setdefault("hypothesis", None)  # type: ignore[arg-type]
    try:
        app()
    except EvaluationError as error:
        from scevaluation.issues import told

        typer.echo("\n".join(told(error, words(said_in[0] if said_in[0] in LANGUAGES else "en"))), err=True)
        sys.exit(1)
    finally:
        gc.freeze()  # else Python, ending, searches all that was loaded for cycles: a quarter of a check


if __name__ == "__main__":
    main()
