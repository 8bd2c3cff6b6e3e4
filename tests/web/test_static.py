"""What the browser downloads: vendored files are the recorded ones, own files keep to the budgets and the house rules."""

import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = ROOT / "templates"
PACKAGES = json.loads((STATIC / "vendor" / "manifest.json").read_text())["packages"]
RECORDED = {name: digest for package in PACKAGES for name, digest in package["files"].items()}
SCRIPTS = sorted((STATIC / "js").glob("*.js"))
STYLES = sorted((STATIC / "css").glob("*.css"))
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|hwb|lab|lch|oklab|oklch|color)\(|:\s*(?:white|black|red|green|blue|gr[ae]y)\b",
    re.I,
)


def weight(*files: Path) -> int:
    """Bytes on the wire: each file compressed by itself, as it is served."""
    return sum(len(brotli.compress(file.read_bytes())) for file in files)


def scripts_of(*pages: Path) -> list[Path]:
    """Own scripts that these templates ask for."""
    text = "".join(page.read_text() for page in pages)
    return sorted({STATIC / name for name in re.findall(r"static '(js/[a-z-]+\.js)'", text)})


BASE = [TEMPLATES / "base" / name for name in ("root.html", "desk.html")]
# Templates that bring scripts of their own, on top of those of every page.
WITH_SCRIPTS = [page for page in sorted(TEMPLATES.rglob("*.html")) if page not in BASE and scripts_of(page)]


def workspace_styles() -> list[Path]:
    pages = "".join((TEMPLATES / "base" / name).read_text() for name in ("root.html", "desk.html"))
    return [STATIC / name for name in re.findall(r"static '(css/[a-z]+\.css)'", pages)]


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_a_vendored_file_is_the_recorded_one(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == RECORDED[name]


def test_every_vendored_file_is_recorded():
    found = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert found - {"vendor/manifest.json"} == {name for name in RECORDED if name.startswith("vendor/")}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_a_package_says_what_it_is_and_brings_its_licence(package):
    assert package["version"]
    assert package["licence"]
    assert package["integrity"].startswith("sha512-")
    assert [name for name in package["files"] if name.endswith("/LICENSE")]


def test_the_maintainers_script_names_no_host():
    assert "://" not in (ROOT / "bin" / "vendor").read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")


@pytest.mark.parametrize(
    ("limit", "files"),
    [
        (15_000, scripts_of(*BASE)),
        (20_000, workspace_styles()),
        (13_000, [STATIC / "vendor" / "htmx.org-4.0.1" / "htmx.min.js"]),
        (6_000, [STATIC / "icons" / "sprite.svg"]),
    ],
    ids=["own scripts", "styles of the workspace", "htmx", "icons"],
)
def test_budgets(limit, files):
    assert files
    assert weight(*files) <= limit


@pytest.mark.parametrize("page", WITH_SCRIPTS, ids=lambda page: page.stem)
def test_budget_of_what_a_page_brings_itself(page):
    assert weight(*scripts_of(page)) <= 12_000


@pytest.mark.parametrize("file", [file for file in STYLES if file.name != "tokens.css"], ids=lambda file: file.name)
def test_colours_stand_in_the_token_file_alone(file):
    text = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", file.read_text(), flags=re.DOTALL)
    assert COLOUR.findall(text) == []


@pytest.mark.parametrize("file", STYLES, ids=lambda file: file.name)
def test_styles_point_to_files_that_exist(file):
    wanted = re.findall(r'url\("([^"]+)"\)', file.read_text())
    assert [name for name in wanted if not (file.parent / name).resolve().is_file()] == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_build_no_markup_and_evaluate_nothing(file):
    unsafe = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage"
    assert re.findall(unsafe, file.read_text()) == []


@pytest.mark.parametrize("file", SCRIPTS, ids=lambda file: file.name)
def test_scripts_stand_alone(file):
    """Served files carry a hash in their name, which an import inside a script would not know."""
    assert re.findall(r"^\s*(?:import|export)\b", file.read_text(), re.MULTILINE) == []


def test_every_script_is_used_by_a_page():
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    # what other people's pages fetch from us has an address of its own
    pages += (ROOT / "web" / "portal" / "views" / "web_form.py").read_text()
    assert [file.name for file in SCRIPTS if f"js/{file.name}" not in pages] == []
