# SPDX-License-Identifier: MIT
"""make install and uninstall, as a user runs them into a folder of the test's own."""

import os
import plistlib
import shutil
import subprocess

import pytest

import images
from agent import BUILD, REPO

SHARED_FOLDERS = {"usr", "usr/bin", "usr/share", "usr/share/man", "usr/share/man/man1", "usr/share/man/man5",
                  "usr/share/man/man8", "usr/share/doc", "usr/share/bash-completion",
                  "usr/share/bash-completion/completions", "usr/share/zsh", "usr/share/zsh/site-functions", "usr/share/fish",
                  "usr/share/fish/vendor_completions.d"}


def install(root, *words, prefix="/usr"):
    return subprocess.run([REPO / "contrib/install", *words], text=True, capture_output=True, check=True,
                          env={**os.environ, "DESTDIR": str(root), "PREFIX": prefix})


def tree(root):
    return {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}


@pytest.fixture
def root(tmp_path):
    install(tmp_path / "root", BUILD)
    return tmp_path / "root"


def test_what_is_installed_has_its_place_and_mode(root):
    modes = tree(root)
    assert modes["usr/bin/usermount-pack"] == modes["usr/share/usermount/x86_64/usermount"] == 0o755
    for name in ("share/usermount/usermount.conf", "share/usermount/usermount.initd", "share/man/man1/usermount-pack.1",
                 "share/man/man5/usermount.conf.5", "share/man/man8/usermount.8", "share/doc/usermount/LICENSE",
                 "share/doc/usermount/libnfs.txt", "share/doc/usermount/libtirpc.txt", "share/doc/usermount/musl.txt"):
        assert modes[f"usr/{name}"] == 0o644, name


def test_what_is_installed_packs_an_image(root, tmp_path):
    image = tmp_path / "initrd.img"
    image.write_bytes(images.moby())
    pack = root / "usr/bin/usermount-pack"
    clean = {key: value for key, value in os.environ.items() if key != "USERMOUNT_SHARE"}
    subprocess.run([pack, "add", "--no-backup", image], check=True, env=clean, capture_output=True)
    assert (root / "usr/share/usermount/x86_64/usermount").read_bytes() in image.read_bytes()
    subprocess.run([pack, "remove", image], check=True, capture_output=True)
    assert image.read_bytes() == images.moby()


def test_uninstall_takes_all_of_it_and_nothing_else(root):
    foreign = root / "usr/share/man/man1/other.1"
    foreign.write_text("somebody else's")
    done = install(root, "--uninstall")
    assert done.stderr == ""
    assert set(tree(root)) - SHARED_FOLDERS == {"usr/share/man/man1/other.1"}


def test_uninstall_leaves_a_folder_in_which_somebody_keeps_files(root):
    (root / "usr/share/usermount/mine").write_text("mine")
    done = install(root, "--uninstall")
    assert "share/usermount is not empty, and stays" in done.stderr
    assert (root / "usr/share/usermount/mine").read_text() == "mine"


def test_installing_twice_is_installing_once(root):
    before = tree(root)
    install(root, BUILD)
    assert tree(root) == before


def test_a_guest_gets_the_agent_its_service_and_its_settings(tmp_path):
    install(tmp_path / "guest", "--guest", BUILD / "usermount")
    modes = {path: mode for path, mode in tree(tmp_path / "guest").items() if (tmp_path / "guest" / path).is_file()}
    assert modes == {"usr/sbin/usermount": 0o755, "etc/init.d/usermount": 0o755, "etc/usermount.conf": 0o644}


def test_make_has_the_targets_that_call_it():
    for target, words in (("install", f"contrib/install {BUILD.name}"), ("uninstall", "contrib/install --uninstall"),
                          ("install-guest", "contrib/install --guest")):
        done = subprocess.run(["make", "-n", target, "DESTDIR=/nowhere", "PREFIX=/usr"], cwd=REPO, text=True,
                              capture_output=True, check=True)
        assert words in done.stdout and 'DESTDIR="/nowhere"' in done.stdout, target


def project(folder, *left_out):
    """A copy of what contrib/install reads, but for some files."""
    for name in ("contrib", "docs", "openrc"):
        shutil.copytree(REPO / name, folder / name)
    for name in ("LICENSE", "README.md"):
        shutil.copy(REPO / name, folder / name)
    for name in left_out:
        (folder / name).unlink()
    return folder


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_a_file_that_is_missing_is_a_failure(tmp_path, system):
    work = project(tmp_path / "work", "docs/usermount.8")
    done = subprocess.run([work / "contrib/install", BUILD], text=True, capture_output=True,
                          env={**os.environ, "DESTDIR": str(tmp_path / "root"), "PREFIX": "/usr", "SYSTEM": system})
    assert done.returncode != 0 and "docs/usermount.8" in done.stderr


def test_without_an_agent_nothing_is_installed_and_the_way_is_told(tmp_path):
    (tmp_path / "build").mkdir()
    done = subprocess.run([REPO / "contrib/install", tmp_path / "build"], text=True, capture_output=True,
                          env={**os.environ, "DESTDIR": str(tmp_path / "root")})
    assert (done.returncode, done.stdout) == (1, "") and not (tmp_path / "root").exists()
    assert done.stderr == f"install: no agent in {tmp_path}/build/share/usermount: on a Mac, install from a " \
        "release's tarball, which has it\n"


@pytest.mark.parametrize("system", ["Linux", "Darwin"])
def test_a_narrow_umask_and_blanks_in_the_paths_change_nothing(tmp_path, system):
    root = tmp_path / "a root"
    subprocess.run(["sh", "-c", 'umask 077; exec "$@"', "sh", REPO / "contrib/install", BUILD], check=True,
                   env={**os.environ, "DESTDIR": str(root), "PREFIX": "/my own", "SYSTEM": system})
    modes = {path: path.stat().st_mode & 0o777 for path in root.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o755}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o755, 0o644}
    assert (root / "my own/bin/usermount-pack").exists()
    assert (root / "Library/LaunchAgents/usermount-pack.plist").exists() == (system == "Darwin")


def test_a_mac_that_has_dpkg_is_no_debian(tmp_path):
    (tmp_path / "dpkg-query").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "dpkg-query").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    for system, code in (("Darwin", 0), ("Linux", 1)):
        done = subprocess.run([REPO / "contrib/deps", "--check", "no-such-package"], text=True, capture_output=True,
                              env={**os.environ, "PATH": path, "SYSTEM": system})
        assert done.returncode == code, done.stderr


def test_a_mac_links_no_isa_l_that_nobody_asked_for():
    def isal(word, system):
        return subprocess.run([REPO / "contrib/isal", word, "cc"], text=True, capture_output=True, check=True,
                              env={**os.environ, "SYSTEM": system}).stdout
    assert "-lisal" in isal("auto", "Linux") and "-lisal" in isal("yes", "Darwin")
    assert isal("auto", "Darwin") == isal("no", "Darwin") == isal("no", "Linux") == ""


def test_homebrew_gets_no_job_of_launchd(tmp_path):
    for launchd, jobs in (("yes", ["usermount-events.plist", "usermount-pack.plist"]), ("no", [])):
        root = tmp_path / launchd
        subprocess.run([REPO / "contrib/install", BUILD], check=True,
                       env={**os.environ, "DESTDIR": str(root), "PREFIX": "/usr/local", "SYSTEM": "Darwin", "LAUNCHD": launchd})
        assert sorted(path.name for path in root.rglob("*.plist")) == jobs


@pytest.mark.parametrize("sudo_user, wanted", [
    (None, "launchctl unload /Library/LaunchAgents/{}\n"),
    ("nobody", "launchctl asuser 65534 sudo -u nobody launchctl unload /Library/LaunchAgents/{}\n")])
def test_uninstall_unloads_what_is_loaded(tmp_path, sudo_user, wanted):
    """In a mount namespace, whose /Library is the test's."""
    stub = tmp_path / "bin/launchctl"
    stub.parent.mkdir()
    stub.write_text(f'#!/bin/sh\ncat >/dev/null\necho "launchctl $*" >>{tmp_path}/said\n')  # what it reads is not the table
    stub.chmod(0o755)
    script = (f"mount -t tmpfs none /usr/local && mount -t tmpfs none {tmp_path / 'library'} && mkdir -p /Library/LaunchAgents && "
              "contrib/install build && contrib/install --uninstall && ls /Library/LaunchAgents")
    (tmp_path / "library").mkdir()
    existed = os.path.isdir("/Library")
    os.makedirs("/Library", exist_ok=True)
    try:
        done = subprocess.run(["unshare", "-m", "sh", "-euc", script.replace(str(tmp_path / "library"), "/Library").replace("build", str(BUILD))],
                              cwd=REPO, text=True, capture_output=True,
                              env={"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "SYSTEM": "Darwin", **({"SUDO_USER": sudo_user} if sudo_user else {})})
    finally:
        if not existed:
            os.rmdir("/Library")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert (tmp_path / "said").read_text() == "".join(wanted.format(name) for name in ("usermount-pack.plist", "usermount-events.plist"))


@pytest.fixture
def job(tmp_path):
    """pack-if-needed beside a packer and an osascript that tell how they were called; job(mode) -> (exit code, the log)."""
    root, home, image = tmp_path / "usr", tmp_path / "home", tmp_path / "initrd.img"
    script = root / "share/usermount/pack-if-needed"
    script.parent.mkdir(parents=True)
    shutil.copy(REPO / "contrib/launchd/pack-if-needed", script)
    (root / "bin").mkdir()
    for name, text in (("usermount-pack", 'echo "$*" >>"$HOME/calls"; cat "$HOME/says"; exit $(cat "$HOME/code")'),
                       ("osascript", 'echo "$2" >>"$HOME/notified"')):
        (root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (root / "bin" / name).chmod(0o755)
    home.mkdir()
    image.touch()
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    os.chown(home, 65534, 65534)

    def run(says="", code=0, owner=65534):
        (home / "says").write_text(says)
        (home / "code").write_text(str(code))
        os.chown(image, owner, 0)
        done = subprocess.run(["setpriv", "--reuid", "nobody", "--clear-groups", script, image],
                              env={"PATH": f"{root}/bin:{os.environ['PATH']}", "HOME": str(home)}, text=True, capture_output=True)
        log = home / "Library/Logs/usermount-pack.log"
        return done.returncode, [line.split(" ", 1)[1] for line in log.read_text().splitlines()] if log.exists() else []
    run.home, run.image = home, image
    return run


def test_the_job_is_silent_when_nothing_is_needed(job):
    assert job() == (0, [])
    assert (job.home / "calls").read_text() == f"add --if-needed {job.image}\n"
    assert not (job.home / "notified").exists()


def test_the_job_tells_that_docker_wants_a_restart(job):
    for times in (1, 2):  # upgrades may come one by one
        assert job("initrd.img: packed\n") == (0, ["initrd.img: packed"] * times)
        assert (job.home / "notified").read_text() == \
            'display notification "Restart Docker: its ramdisk was packed again." with title "usermount"\n' * times


def test_the_job_takes_no_remark_for_a_packing(job):
    assert job("usermount-pack: a remark\n") == (0, ["usermount-pack: a remark"])
    assert not (job.home / "notified").exists()


def test_the_job_tells_once_of_a_failure_that_stays_and_asks_for_no_restart(job):
    told = 'display notification "Docker\'s ramdisk is not packed: see ~/Library/Logs/usermount-pack.log." with title "usermount"\n'
    for times in range(3):
        assert job("usermount-pack: unable to write it\nand why\n", 4) == (4, ["usermount-pack: unable to write it", "why"])
        assert (job.home / "notified").read_text() == told
    assert job("usermount-pack: unable to write\n", 4) == (4, ["usermount-pack: unable to write it", "why", "usermount-pack: unable to write"])
    assert (job.home / "notified").read_text() == told * 2


def test_the_job_of_somebody_else_says_once_what_to_do(job):
    line = f"unable to pack {job.image}: it belongs to root: enable this job as root, or run: sudo usermount-pack add"
    job.image.chmod(0o644)
    for _ in range(2):
        assert job("usermount-pack: unable to lock: Permission denied\n", 4, owner=0) == (0, [line])
    assert (job.home / "notified").read_text().count("is not packed") == 1


def test_the_job_of_somebody_else_is_silent_where_the_owner_has_packed(job):
    job.image.chmod(0o644)
    assert job(owner=0) == (0, [])
    assert (job.home / "calls").exists() and not (job.home / "notified").exists()


# What the scripts may call on a Mac, each by busybox, and none with an option that GNU's alone has.
MAC_TOOLS = ("awk", "cat", "chmod", "cp", "dirname", "grep", "id", "ls", "mkdir", "mktemp", "mv", "rm", "rmdir", "sed", "sh", "sort",
             "tail", "uname", "wc")
MAC_TOOL = """#!{busybox} sh
for word; do
    case $word in
    -- | -e) ;;
    --*) echo "{name}: BSD knows no $word" >&2; exit 64 ;;
    -[a-zA-Z]*) case {name}$word in
        cp-*[adlnstuTZ]* | mv-*[tuT]* | sed-*[irsz]* | rm-*I* | ls-*[vXZ]* | mktemp-*p*) echo "{name}: BSD knows no $word" >&2; exit 64 ;;
        esac ;;
    esac
done
exec {busybox} {name} "$@"
"""


@pytest.fixture
def mac_path(tmp_path):
    """A PATH as a Mac's, with a dpkg-query that somebody has installed, and nothing else."""
    folder, busybox = tmp_path / "mac tools", shutil.which("busybox")
    folder.mkdir()
    tools = {name: MAC_TOOL.format(busybox=busybox, name=name) for name in MAC_TOOLS}
    tools["dpkg-query"] = f"#!{busybox} sh\nexit 1\n"
    for name, text in tools.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("uid", [0, 65534])
def test_every_script_runs_on_a_mac(mac_path, tmp_path, uid):
    work = project(tmp_path / "my work")
    shutil.copytree(BUILD / "share", work / "build/share")
    shutil.copytree(BUILD / "licences", work / "build/licences")
    shutil.copy(BUILD / "usermount-pack", work / "build")
    subprocess.run(["chmod", "-R", "a+rX", work, mac_path], check=True)
    root = tmp_path / "a root"
    root.mkdir()
    os.chown(root, uid, uid)
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    setpriv = shutil.which("setpriv")

    def run(*words):
        return subprocess.run([setpriv, "--reuid", str(uid), "--clear-groups", "/bin/sh", "-c", 'umask 077; exec "$@"', "sh", *words],
                              text=True, capture_output=True, cwd=work,
                              env={"PATH": str(mac_path), "DESTDIR": str(root), "PREFIX": "/my own & best", "SYSTEM": "Darwin"})

    done = run("contrib/deps", "--check", "no-such-package")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("contrib/isal", "auto", "no-compiler")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("contrib/install", "build")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    prefix = root / "my own & best"
    assert {path.stat().st_mode & 0o777 for path in root.rglob("*") if path.is_dir()} == {0o755}
    for name, job in (("pack", "share/usermount/pack-if-needed"), ("events", "bin/usermount-pack")):
        with open(root / f"Library/LaunchAgents/usermount-{name}.plist", "rb") as file:
            assert f"/my own & best/{job}" in plistlib.load(file)["ProgramArguments"]
        assert os.access(prefix / job, os.X_OK)
    for shell in ("bash-completion/completions/usermount-pack", "zsh/site-functions/_usermount-pack",
                  "fish/vendor_completions.d/usermount-pack.fish"):
        assert (prefix / "share" / shell).stat().st_mode & 0o777 == 0o644
    offered = subprocess.run([shutil.which("bash"), "--norc", "-c", 'source "$1"; COMP_WORDS=(usermount-pack doc); COMP_CWORD=1; _usermount_pack; '
                              'echo "${COMPREPLY[@]}"', "bash", prefix / "share/bash-completion/completions/usermount-pack"],
                             env={"PATH": str(mac_path)}, text=True, capture_output=True)
    assert (offered.stdout, offered.stderr) == ("doctor\n", "")
    done = run("contrib/install", "--uninstall")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_what_is_the_mac_s_alone_is_installed_there_alone(root):
    assert not (root / "usr/share/usermount/pack-if-needed").exists()
