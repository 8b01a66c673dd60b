"""Set ltcdiag up in its own folder and run it. Needs Python 3.11 or newer and nothing else.

    python start.py demo    set up, then make the report on the invented sample logs
    python start.py test    set up, then run every check and test
    python start.py lab     set up, then open the notebooks in JupyterLab
    python start.py setup   set up only

The first run makes .venv beside this file and fills it from requirements.lock, whose hashes prove every
download; later runs start at once. More words after the command are handed on to it.
"""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python would stumble over
    sys.exit(
        "ltcdiag 需要 Python 3.11 或更新版本 · ltcdiag needs Python 3.11 or newer; this is "
        + sys.version.split()[0]
        + "\n  请安装新版本后重试 · Install a newer one, then run it with: python3.11 start.py"
    )

import hashlib
import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "set-up-complete"
WORKERS = min(4, (os.cpu_count() or 1) + 1)
"""One more than cores, because a test may wait for a browser; each takes about a gigabyte."""

COMMANDS: dict[str, list[str]] = {
    "demo": [str(SCRIPTS / "ltcdiag"), "demo"],
    "test": [
        str(PYTHON), "-m", "pytest", "--nbval-lax", "--nbval-current-env",
        "--nbval-sanitize-with", "tests/nbval_sanitize.cfg",
        f"--numprocesses={WORKERS}", "--dist=loadfile", "--no-loadscope-reorder",
    ],
    "lab": [str(SCRIPTS / "ltcdiag"), "lab"],
    "setup": [],
}


class SetupError(Exception):
    """The set-up cannot go on; the text says why and what to do, in Chinese and English."""


def main(words: list[str]) -> int:
    """Set up where needed, run one command, return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # old consoles lack Chinese
    if not words or words[0] not in COMMANDS:
        print(__doc__)
        return 0 if words[:1] in (["-h"], ["--help"]) else 2
    try:
        set_up()
        command = COMMANDS[words[0]]
        return call(*command, *words[1:]) if command else 0
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say("已中断", "Interrupted")
        return 130


def set_up() -> None:
    """Make .venv and fill it, unless the stamp says that it is complete for this lock, place and Python."""
    wanted = fingerprint()
    if STAMP.is_file() and PYTHON.exists() and STAMP.read_text(encoding="utf-8") == wanted:
        return
    say("首次准备，约需一两分钟", "Setting up, this takes a minute or two and is done once")
    make_environment()
    say("正在安装依赖包（逐个校验哈希）", "Installing the packages, each checked by its hash")
    install_lock()
    say("正在安装 ltcdiag", "Installing ltcdiag itself")
    project = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    if call(PYTHON, "-m", "pip", *project) != 0:
        raise SetupError(
            "ltcdiag 安装失败，原因见上 · ltcdiag itself could not be installed, the reason is above"
        )
    point_to_checkout()
    STAMP.write_text(wanted, encoding="utf-8")
    say("准备完成", "Set-up complete")


def fingerprint() -> str:
    """Changes with the lock, the project file, the Python and the place of the checkout."""
    digest = hashlib.sha256(f"{sys.version}\n{sys.base_prefix}\n{ROOT}\n".encode())
    for name in ("requirements.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """Make .venv anew: a half-made or moved one would fail later and say less."""
    if os.pathsep in str(ROOT):
        raise SetupError(
            f"文件夹名中不能有“{os.pathsep}” · The folder name must not contain {os.pathsep!r}:\n  {ROOT}"
        )
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=os.name != "nt").create(VENV)
    except subprocess.CalledProcessError as error:
        raise SetupError(
            "此 Python 缺少 venv 或 pip · This Python lacks venv or pip.\n"
            "  Debian/Ubuntu: sudo apt install python3-venv"
        ) from error
    except OSError as error:
        raise SetupError(
            f"无法写入文件夹 · The folder cannot be written: {error}\n"
            "  关闭占用 .venv 的程序，或把项目移到可写的文件夹 · "
            "Close programs that use .venv, or move the project to a folder of yours"
        ) from error


def install_lock() -> None:
    """Install every package of the lock: with uv, which is fast, else with pip, which is everywhere."""
    only_uv = VENV / "uv.txt"
    only_uv.write_text(locked("uv"), encoding="utf-8")
    checked = ("install", "--quiet", "--require-hashes", "--requirement")
    pip = (PYTHON, "-m", "pip", *checked)
    if call(*pip, only_uv) == 0 and call(
        SCRIPTS / "uv", "pip", *checked, LOCK, "--python", PYTHON, *mirror()
    ) == 0:
        return
    say("uv 未成功，改用 pip（较慢，请稍候）", "uv did not manage; using pip, which takes some minutes")
    if call(*pip, LOCK) != 0:
        raise SetupError(
            "依赖包安装失败，原因见上。请检查网络、代理和证书设置，然后重试。\n"
            "The packages could not be installed, the reason is above. Check the network, the proxy and\n"
            "the certificates (PIP_* settings and pip's own configuration are used), then run this again.\n"
            "如果提示某个包没有适用的安装文件，请改用 Python 3.11–3.13。\n"
            "If a package has no file for your Python, use Python 3.11 to 3.13."
        )


def point_to_checkout() -> None:
    """Write the way from .venv to the checkout as `../..`: Windows reads it in a code page of its own and
    would not find a folder with a Chinese name."""
    packages = Path(sysconfig.get_path("purelib", "venv", vars={"base": str(VENV)}))
    (packages / "_ltcdiag.pth").write_text(os.path.relpath(ROOT, packages), encoding="ascii")


def mirror() -> list[str]:
    """The package mirror or folder of pip's configuration, as options for uv, which does not read pip's files."""
    question = [str(PYTHON), "-m", "pip", "config", "list"]
    asked = subprocess.run(question, env=environment(), capture_output=True, text=True, check=False)
    told = dict(re.findall(r"^[\w:]+\.(index|no|find).(?:url|index|links)='(.+)'$", asked.stdout, flags=re.MULTILINE))
    folder = ["--find-links", told["find"]] if "find" in told else []
    if told.get("no", "0").lower() in ("1", "true", "yes", "on"):
        return ["--no-index", *folder]
    return [*(["--default-index", told["index"]] if "index" in told else []), *folder]


def locked(package: str) -> str:
    """The lines of the lock that belong to one package: its version and its hashes."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = next((i for i in range(start + 1, len(lines)) if not lines[i].startswith(" ")), len(lines))
    return "\n".join(lines[start:end]) + "\n"


def call(*command: str | Path) -> int:
    """Run a program in the checkout and return its exit code."""
    words = [str(word) for word in command]
    try:
        return subprocess.run(words, cwd=ROOT, env=environment(), check=False).returncode
    except OSError as error:  # the program is missing, or a virus scanner holds it
        print(error, file=sys.stderr)
        return 127


def environment() -> dict[str, str]:
    """The caller's environment, made fit for .venv.

    Without PYTHONDONTWRITEBYTECODE, or every start would compile all packages again; without the paths of
    another Python; with the certificate that pip was given, which uv reads from another variable.
    """
    unfit = {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "CONDA_PREFIX"}
    kept = {name: value for name, value in os.environ.items() if name not in unfit}
    kept |= {"VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    kept["PATH"] = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", "")])
    if "PIP_CERT" in kept:
        kept.setdefault("SSL_CERT_FILE", kept["PIP_CERT"])
    return kept


def say(zh: str, en: str) -> None:
    """One line of progress in both languages."""
    print(f"[ltcdiag] {zh} · {en}", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
