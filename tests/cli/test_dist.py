# SPDX-License-Identifier: MIT
"""What make dist and make deb leave, used as their receivers would: unpacked, built, installed, run."""

import hashlib
import os
import re
import shutil
import subprocess
import tarfile

import pytest

import images
from agent import BUILD, REPO

VERSION = re.search(r"^VERSION = (.*)$", (REPO / "Makefile").read_text(), re.M)[1]
NAME = f"usermount-{VERSION}"
EPOCH = "1700000000"
NOTICES = ["libnfs.txt", "libtirpc.txt", "musl.txt"]
# An unpacked release knows neither git nor this machine's settings.
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith(("USERMOUNT_", "MAKE", "MFLAGS"))}
# Files that are read by programs which know no comments, and the licence itself.
NO_COMMENTS = re.compile(r"LICENSE|tests/cli/exports_judged\.jsonl|tests/fuzz/corpus/.*|agent/libs/SHA256SUMS|tests/guest/moby[^/]*/etc/[a-z.]+|tests/guest/watchers/package(-lock)?\.json|docs/(session\.txt|boot\.log|timeline\.svg)")


def run(*words, cwd=REPO, **more):
    done = subprocess.run([str(word) for word in words], cwd=cwd, text=True, capture_output=True, **{"env": CLEAN, **more})
    assert done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def make_dist(folder):
    assert (BUILD / "share/usermount/aarch64/usermount").exists(), "not built: run make arm64"
    for program in ("mkdist", "mkdeb"):
        run(REPO / "contrib" / program, VERSION, BUILD, folder, env={**CLEAN, "SOURCE_DATE_EPOCH": EPOCH})
    return folder


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    return make_dist(tmp_path_factory.mktemp("dist") / "dist")


@pytest.fixture(scope="module")
def unpacked(dist, tmp_path_factory):
    """A folder with the release's tarball unpacked, as a Mac's user has it."""
    folder = tmp_path_factory.mktemp("unpacked")
    run("tar", "-xzf", dist / f"{NAME}.tar.gz", "-C", folder)
    return folder / NAME


@pytest.fixture(scope="module")
def sources(dist, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    run("tar", "-xzf", dist / f"{NAME}-source.tar.gz", "-C", folder)
    return folder / NAME


def installed_and_packs(root, tmp_path):
    """The packer below root packs with the agent beside it."""
    image = tmp_path / "initrd.img"
    image.write_bytes(images.moby())
    run(root / "bin/usermount-pack", "add", "--no-backup", image)
    assert (BUILD / "usermount").read_bytes() in image.read_bytes()


def test_two_runs_give_the_same_bytes(dist, tmp_path):
    again = make_dist(tmp_path / "again")
    # The recipes name the folder that they are in; that is what DIST_URL is for.
    names = sorted(path.name for path in dist.iterdir() if path.suffix in (".gz", ".deb"))
    assert len(names) == 5
    assert [(again / name).read_bytes() == (dist / name).read_bytes() for name in names] == [True] * len(names)


def test_every_member_is_of_one_time_and_of_nobody(dist):
    for path in dist.glob("*.tar.gz"):
        with tarfile.open(path) as archive:
            members = archive.getmembers()
        assert [member.name for member in members] == sorted((member.name for member in members), key=lambda name: name.split("/"))
        assert {(member.mtime, member.uid, member.gid, member.uname, member.gname) for member in members} == \
            {(int(EPOCH), 0, 0, "", "")}
        assert {member.mode for member in members} <= {0o755, 0o644}


def test_the_sums_are_those_of_the_files(dist):
    run("sha256sum", "--check", "--strict", "SHA256SUMS", cwd=dist)
    assert len((dist / "SHA256SUMS").read_text().splitlines()) == 6


def test_the_release_has_every_source_and_both_agents(unpacked):
    wanted = set(run(REPO / "contrib/sources").splitlines())
    have = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    assert have == wanted | {"prebuilt/x86_64/usermount", "prebuilt/aarch64/usermount"} | {f"prebuilt/licences/{n}" for n in NOTICES}
    assert set(run(unpacked / "contrib/sources").splitlines()) == wanted


def test_the_release_installs_without_a_musl_compiler_and_packs(unpacked, tmp_path):
    shutil.copytree(unpacked, tmp_path / "release")
    run("make", "install", f"DESTDIR={tmp_path}", "PREFIX=/opt", "MUSL_CC=false", cwd=tmp_path / "release")
    installed_and_packs(tmp_path / "opt", tmp_path)
    assert sorted(path.name for path in (tmp_path / "opt/share/doc/usermount").glob("*.txt")) == NOTICES


@pytest.mark.parametrize("arch, machine", [("x86_64", "X86-64"), ("aarch64", "AArch64")])
def test_the_guests_tarball_is_an_agent_with_its_service_and_settings(dist, tmp_path, arch, machine):
    run("tar", "-xzf", dist / f"{NAME}-guest-{arch}.tar.gz", "-C", tmp_path)
    assert machine in run("readelf", "-h", tmp_path / "usr/sbin/usermount")
    assert os.access(tmp_path / "etc/init.d/usermount", os.X_OK)
    service = (tmp_path / "etc/init.d/usermount").read_text()
    assert "command=/usr/sbin/usermount" in service
    assert (tmp_path / "etc/usermount.conf").read_bytes() == (REPO / "openrc/usermount.conf").read_bytes()
    assert sorted(path.name for path in (tmp_path / "usr/share/doc/usermount").glob("*.txt")) == NOTICES


FORMULA = """
require "pathname"
class Formula
  class << self
    attr_reader :said
    def method_missing(name, *words) = ((@said ||= {})[name] = words.first)
    def respond_to_missing?(*) = true
    def test(&block) = (@test = block)
    def service(&block) = (@service = block)
    attr_reader :test_block
  end
  def system(*words) = Kernel.system(*words) || abort("failed: #{words}")
  def prefix = ENV.fetch("TEST_PREFIX")
  def bin = "#{prefix}/bin"
  def doc = "#{prefix}/share/doc/usermount"
  def version = ENV.fetch("TEST_VERSION")
  def shell_output(command) = `#{command}`
  def assert_match(wanted, text) = text.include?(wanted) || abort("#{wanted} is not in #{text}")
end
load ARGV[0]
class Service
  attr_reader :said
  def method_missing(name, *words) = ((@said ||= {})[name] = words.first)
  def respond_to_missing?(*) = true
  def opt_bin = Pathname.new("/opt/bin")
  def var = Pathname.new("/var")
end
abort("not by root") if Process.uid.zero?
formula = Usermount.new
formula.install
formula.instance_eval(&Usermount.instance_variable_get(:@test))
puts formula.caveats
service = Service.new
service.instance_eval(&Usermount.instance_variable_get(:@service))
puts "service #{service.said.values_at(:run, :keep_alive).flatten.join(" ")}"
puts Usermount.said.values_at(:url, :sha256)
"""


# What make asks of a Mac: its name, and a compiler that knows its frameworks. The compiler here has other libraries.
AS_A_MAC = {
    "uname": '[ "$*" = -s ] && echo Darwin || exec {} "$@"',
    "cc": """for word; do
    shift
    case $word in
    -framework | CoreServices | CoreFoundation | -D_DARWIN_C_SOURCE) ;;
    *) set -- "$@" "$word" ;;
    esac
done
exec {} "$@" -lcrypto -lpthread""",
}


def test_the_homebrew_formula_installs_the_release(dist, unpacked, tmp_path):
    run("ruby", "-wc", dist / "usermount.rb")
    shutil.copytree(unpacked, tmp_path / "release")
    (tmp_path / "brew.rb").write_text(FORMULA)
    (tmp_path / "cellar").mkdir()
    shutil.copy(dist / "usermount.rb", tmp_path)
    (tmp_path / "mac").mkdir()
    for name, text in AS_A_MAC.items():
        (tmp_path / "mac" / name).write_text(f"#!/bin/sh\n{text.format(shutil.which(name))}\n")
        (tmp_path / "mac" / name).chmod(0o755)
    # As Homebrew does it: by an ordinary user, who may write the build folder and the prefix, on a Mac.
    run("chown", "-R", "nobody", tmp_path / "release", tmp_path / "cellar")
    for folder in (tmp_path, *list(tmp_path.parents)[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    outside = sorted(tmp_path.iterdir())
    said = run("setpriv", "--reuid", "nobody", "--clear-groups", "ruby", tmp_path / "brew.rb", tmp_path / "usermount.rb", cwd=tmp_path / "release",
               env={**CLEAN, "PATH": f"{tmp_path}/mac:{CLEAN['PATH']}", "TEST_PREFIX": str(tmp_path / "cellar"), "TEST_VERSION": VERSION}).splitlines()
    tarball = dist / f"{NAME}.tar.gz"
    assert said[-2:] == [f"file://{tarball}", hashlib.sha256(tarball.read_bytes()).hexdigest()]
    assert said[-3] == "service /opt/bin/usermount-pack events true"
    assert "  sudo usermount-pack add" in said and sorted(tmp_path.iterdir()) == outside
    assert (tmp_path / "cellar/share/doc/usermount/README.md").exists()
    assert not list((tmp_path / "cellar").rglob("*.plist")) and not os.path.exists("/Library/LaunchAgents")
    installed_and_packs(tmp_path / "cellar", tmp_path)


def apkbuild(file, script, srcdir, pkgdir, **env):
    """As abuild does it, but for one thing: Alpine's gcc is a musl compiler, and here musl-gcc is."""
    make = 'make() { command make "$@" MUSL_CC=musl-gcc; }'
    return run("sh", "-euc", f'{make}\n. "{file}"\ncd "$builddir"\n{script}',
               env={**CLEAN, "srcdir": str(srcdir), "pkgdir": str(pkgdir), **env})


def test_the_alpine_recipe_builds_from_the_source_tarball_alone_and_packages_both(dist, sources, tmp_path):
    """Without a network: agent/libs/fetch finds the libraries' sources in the tarball."""
    recipe = dist / "APKBUILD"
    run("sh", "-n", recipe)
    run("shellcheck", "-s", "sh", "-e", "SC2034,SC2154", recipe)
    archive = f"{NAME}-source.tar.gz"
    sum_ = hashlib.sha512((dist / archive).read_bytes()).hexdigest()
    assert apkbuild(recipe, 'echo "$sha512sums"; echo $source', sources.parent, tmp_path).split() == [sum_, archive, archive]

    apkbuild(recipe, "build >&2; package >&2", sources.parent, tmp_path / "pkg", MAKEFLAGS="-j2", http_proxy="http://127.0.0.1:9")
    assert (tmp_path / "pkg/usr/sbin/usermount").read_bytes() == (BUILD / "usermount").read_bytes(), \
        "the agent depends on where it is built"
    installed_and_packs(tmp_path / "pkg/usr", tmp_path)
    moved = apkbuild(recipe, 'amove() { for path; do [ -e "$pkgdir/$path" ] && echo "$path"; done; }; pack', sources.parent,
                     tmp_path / "pkg")
    assert moved.split() == ["usr/bin", "usr/share/usermount"]


def test_the_deb_installs_runs_and_leaves_nothing_behind(dist, tmp_path):
    """By the real dpkg with this machine's list of packages, so that its dependencies are judged, into another root."""
    deb = next(dist.glob("*.deb"))
    admin, root = tmp_path / "dpkg", tmp_path / "root"
    for folder in ("info", "updates", "triggers"):
        (admin / folder).mkdir(parents=True)
    shutil.copy("/var/lib/dpkg/status", admin / "status")
    root.mkdir()
    dpkg = ["dpkg", f"--admindir={admin}", f"--instdir={root}", "--force-not-root", "--log=/dev/null"]
    run(*dpkg, "-i", deb)
    assert "install ok installed" in run("dpkg-query", f"--admindir={admin}", "-s", "usermount-pack")
    installed_and_packs(root / "usr", tmp_path)
    copyright = (root / "usr/share/doc/usermount-pack/copyright").read_text()
    for words in ("MIT License", "GNU LESSER GENERAL PUBLIC LICENSE", "Bull S.A.", "Rich Felker"):
        assert words in copyright, words
    run("dpkg-query", f"--admindir={admin}", "-L", "usermount-pack")
    run(*dpkg, "--purge", "usermount-pack")
    assert [path for path in root.rglob("*") if path.is_file()] == []


def test_the_deb_names_what_the_packer_is_linked_with(dist):
    fields = run("dpkg-deb", "-f", next(dist.glob("*.deb")), "Depends")
    assert re.fullmatch(r"libc6 \(>= [\d.]+\), libisal2 \(>= [\d.]+\), libssl3\w* \(>= [\d.]+\), zlib1g \(>= [\d.]+\)\n", fields)


def test_every_file_names_its_licence():
    files = [name for name in run(REPO / "contrib/sources").splitlines() if not NO_COMMENTS.fullmatch(name)]
    assert len(files) > 200
    silent = [name for name in files if "SPDX-License-Identifier: MIT" not in "".join((REPO / name).read_text().splitlines()[:3])]
    # A change of somebody's file is under that file's licence.
    assert [name for name in silent if not name.endswith(".patch")] == []
    assert all((REPO / name).read_text().startswith("SPDX-License-Identifier: ") for name in silent)


def test_the_notices_are_those_of_what_is_linked_in(unpacked):
    text = {name: (unpacked / "prebuilt/licences" / name).read_text() for name in NOTICES}
    assert "GNU LESSER GENERAL PUBLIC LICENSE\n                       Version 2.1" in text["libnfs.txt"]
    assert "Bull S.A." in text["libtirpc.txt"] and "Redistribution and use in source and binary forms" in text["libtirpc.txt"]
    assert "Rich Felker" in text["musl.txt"] and "Permission is hereby granted, free of charge" in text["musl.txt"]
    page = (REPO / "docs/licences.md").read_text()
    assert [name for name in NOTICES if f"`{name}`" not in page] == []


def test_the_agent_can_be_linked_with_another_libnfs_as_the_page_says(tmp_path):
    """The page's own commands, on a libnfs in which one message was changed."""
    page = re.search(r"## Another libnfs.*?```sh\n(.*?)```", (REPO / "docs/licences.md").read_text(), re.S)[1]
    unpack, rest = page.split("\n", 1)
    work = tmp_path / "work"
    run("sh", "-c", 'mkdir -p "$1/build" && contrib/sources | tar -cf - -T - | tar -C "$1" -xf -', "sh", work)
    for name in ("agent", "libs", "host", "share", "licences", "tools.ok", "usermount", "usermount.debug", "usermount-pack",
                 "libnfs.choice", "isal.choice"):
        run("cp", "-a", BUILD / name, work / "build/")
    run("sh", "-c", "find . -path ./build -prune -o -type f -exec touch -d @0 {} +", cwd=work)
    run("sh", "-euc", unpack, cwd=work)
    file = work / "libnfs-libnfs-5.0.2/lib/socket.c"
    before, after = b"Socket failed with POLLHUP", b"My own libnfs says POLLHUP"
    assert before in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(before, after))
    said = run("sh", "-euc", rest, cwd=work)
    assert "LD build/usermount.debug" in said and "CC agent/" not in said
    assert after in (work / "build/usermount").read_bytes() and after not in (BUILD / "usermount").read_bytes()
    assert run(work / "build/usermount", "--version") == f"usermount {VERSION}\n"
    assert "LD build/usermount.debug" in run("make", cwd=work), "back to the libnfs that is built here"
    assert (work / "build/usermount").read_bytes() == (BUILD / "usermount").read_bytes()
