# SPDX-License-Identifier: MIT
"""The packer as Apple's headers and the oldest systems judge it: what `make mac` has built, and what it must refuse to
build. Nothing here runs a Mach-O program."""

import os
import re
import subprocess

import pytest

ARCHS = {"x86_64": ("X86-64", "10.11"), "arm64": ("Arm64", "11.0")}
FRAMEWORKS = "/System/Library/Frameworks"
LIBRARIES = ["/usr/lib/libz.1.dylib", f"{FRAMEWORKS}/CoreServices.framework/Versions/A/CoreServices",
             f"{FRAMEWORKS}/CoreFoundation.framework/Versions/A/CoreFoundation", "/usr/lib/libSystem.B.dylib"]
# What OS X 10.11's SDK has of the headers that a packer wants. sys/clonefile.h, for one, came with 10.12.
HEADERS = set("""assert.h ctype.h dirent.h dlfcn.h errno.h fcntl.h grp.h inttypes.h limits.h netdb.h poll.h pthread.h pwd.h
    signal.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdlib.h string.h strings.h time.h unistd.h zlib.h
    arpa/inet.h dispatch/dispatch.h mach/mach_time.h mach-o/dyld.h netinet/in.h netinet/tcp.h CommonCrypto/CommonDigest.h
    sys/acl.h sys/attr.h sys/event.h sys/file.h sys/ioctl.h sys/mman.h sys/mount.h sys/param.h sys/select.h sys/socket.h
    sys/stat.h sys/sysctl.h sys/time.h sys/types.h sys/uio.h sys/wait.h sys/xattr.h
    CoreFoundation/CoreFoundation.h CoreServices/CoreServices.h""".split())
# The agent's files that the packer is linked with.
SHARED = {"agent/common", "agent/settings", "agent/stream"}
FLAGS = ["-std=c11", "-D_POSIX_C_SOURCE=200809L", '-DUSERMOUNT_VERSION="0"', "-Wall", "-Wextra", "-Werror", "-O2"]


def run(*words, **more):
    return subprocess.run([str(word) for word in words], text=True, capture_output=True, **more)


def program(build, arch):
    path = build / "mac" / arch / "usermount-pack"
    assert path.exists(), "not built: run make mac"
    return path


def cc(repo, build, arch, *words, **more):
    return run(repo / "tests/mac/cc", arch, *words, env={**os.environ, "MAC_DIR": str(build / "mac")}, **more)


def commands(path):
    """The load commands, each as a dictionary."""
    text = run("llvm-objdump", "--macho", "--private-headers", path, check=True).stdout
    return [dict(re.findall(r"^ *([a-z]+(?: version)?) +(\S+)", block, re.M)) for block in text.split("Load command ")[1:]]


def undefined(path):
    names = run("llvm-nm", "-u", path, check=True).stdout.split("\n")
    return {line.split()[-1] for line in names if line.strip()}


def known(repo):
    """Every symbol that OS X 10.11's libSystem and zlib 1.2.5 have, of those that the project's lists name."""
    system = {f"_{line}" for line in (repo / "tests/mac/libsystem").read_text().splitlines() if line[:1] != "#"}
    stubs = [repo / "tests/mac/libz.tbd", *(repo / "tests/mac/frameworks").glob("*/*.tbd")]
    listed = (set(re.findall(r"\b_\w+", stub.read_text().split("symbols:")[1])) for stub in stubs)
    return system.union(*listed, {"dyld_stub_binder"})


def younger(path, repo):
    """What the program wants and the oldest system may lack. A name's variant ($INODE64) is as old as 10.5."""
    return {name for name in undefined(path) if re.sub(r"\$(INODE64|DARWIN_EXTSN)$", "", name) not in known(repo)}


@pytest.mark.parametrize("arch", ARCHS)
def test_the_program_is_for_its_processor_and_its_oldest_system(build, arch):
    machine, oldest = ARCHS[arch]
    header = run("llvm-readobj", "--file-headers", program(build, arch), check=True).stdout
    assert re.search(r"CpuType: (.+) \(", header)[1] == machine
    assert re.search(r"FileType: (\w+)", header)[1] == "Executable"
    loads = commands(program(build, arch))
    version = [load.get("version") for load in loads if load.get("cmd") == "LC_VERSION_MIN_MACOSX"] + \
        [load.get("minos") for load in loads if load.get("cmd") == "LC_BUILD_VERSION"]
    assert version == [oldest]


@pytest.mark.parametrize("arch", ARCHS)
def test_it_is_linked_with_what_each_mac_has_and_no_more(build, arch):
    loads = [load for load in commands(program(build, arch)) if "DYLIB" in load.get("cmd", "")]
    assert [(load["cmd"], load["name"]) for load in loads] == [("LC_LOAD_DYLIB", name) for name in LIBRARIES]


@pytest.mark.parametrize("arch", ARCHS)
def test_the_oldest_system_has_every_function_that_it_calls(repo, build, arch):
    assert younger(program(build, arch), repo) == set(), "see whether OS X 10.11 has it, and add it to tests/mac/libsystem"
    assert {"_crc32", "_inflate", "_dlsym", "_CC_SHA256_Update"} <= undefined(program(build, arch))


def test_the_stub_of_zlib_lacks_what_came_after_1_2_5(repo):
    names = re.findall(r"\b_(\w+)", (repo / "tests/mac/libz.tbd").read_text().split("symbols:")[1])
    assert len(names) == len(set(names))
    assert {"crc32", "inflateMark", "deflateInit2_"} <= set(names)
    assert not {"crc32_z", "adler32_z", "inflateGetDictionary", "gzfread", "inflateValidate", "uncompress2"} & set(names)


def test_each_header_is_one_of_the_oldest_sdk(repo):
    found = {}
    for path in [*(repo / "packer").rglob("*.[ch]"), *(repo / "agent").rglob("*.[ch]")]:
        room = str(path.relative_to(repo).parent)
        if room.startswith("agent") and room not in SHARED or path.name in ("linux.c", "watch_fanotify.c", "load.c"):
            continue
        for name in re.findall(r"^#\s*include <(.+?)>", path.read_text(), re.M):
            found.setdefault(name, path.name)
    assert {"zlib.h", "mach/mach_time.h"} <= set(found)
    elsewhere = {"openssl/sha.h", "isa-l/crc.h", "isa-l/igzip_lib.h"}  # not in a Mac's build
    assert {name: path for name, path in found.items() if name not in HEADERS | elsewhere} == {}


YOUNGER = {
    "clock_gettime": ("#include <time.h>", "struct timespec now; return clock_gettime(CLOCK_MONOTONIC, &now);",
                      "error: 'clock_gettime' is only available on macOS 10.12 or newer"),
    "futimens": ("#include <sys/stat.h>", "return futimens(0, 0);", "error: 'futimens' is only available on macOS 10.13 or newer"),
    "crc32_z": ("#include <zlib.h>", "return (int)crc32_z(0, 0, 0);", "error: 'crc32_z' is only available on macOS 10.13 or newer"),
    "fclonefileat": ("#include <sys/clonefile.h>", 'return fclonefileat(0, 0, "", 0);',
                     "error: 'fclonefileat' is only available on macOS 10.12 or newer"),
    "a call that no header names": ("", "return mach_continuous_time();",
                                    "error: implicit declaration of function 'mach_continuous_time' is invalid in C99"),
}


@pytest.mark.parametrize("name", YOUNGER)
def test_a_younger_call_does_not_compile(repo, build, tmp_path, name):
    include, body, error = YOUNGER[name]
    (tmp_path / "younger.c").write_text(f"{include}\nint main(void) {{ {body} }}\n")
    done = cc(repo, build, "x86_64", *FLAGS, "-c", "-o", tmp_path / "younger.o", tmp_path / "younger.c")
    assert done.returncode == 1 and error in done.stderr, done.stderr


def test_a_younger_function_of_zlib_does_not_link_though_one_declares_it(repo, build, tmp_path):
    (tmp_path / "younger.c").write_text("unsigned long crc32_z(unsigned long, const void *, unsigned long);\n"
                                        "int main(void) { return (int)crc32_z(0, 0, 0); }\n")
    done = cc(repo, build, "x86_64", *FLAGS, "-o", tmp_path / "younger", tmp_path / "younger.c", "-lz")
    assert done.returncode == 1 and "undefined symbol: _crc32_z" in done.stderr, done.stderr


def test_a_younger_function_of_the_system_is_seen_though_one_declares_it(repo, build, tmp_path):
    (tmp_path / "younger.c").write_text("int fclonefileat(int, int, const char *, unsigned);\n"
                                        'int main(void) { return fclonefileat(0, 0, "", 0); }\n')
    cc(repo, build, "x86_64", *FLAGS, "-o", tmp_path / "younger", tmp_path / "younger.c", check=True)
    assert younger(tmp_path / "younger", repo) == {"_fclonefileat"}


def test_what_is_looked_up_by_name_has_the_type_that_apple_declares(repo, build, tmp_path):
    """host/darwin.c writes two prototypes by hand; here they are compared with those of the headers."""
    source = (repo / "packer/host/darwin.c").read_text()
    types = dict((name, text) for text, name in re.findall(r"^(typedef int \(\*(\w+_call)\)\([^;]*;)$", source, re.M))
    looked_up = dict(re.findall(r"^static (\w+_call) find_(\w+)\(void\)", source, re.M))
    assert looked_up == {"clone_call": "fclonefileat", "times_call": "futimens"}
    lines = "".join(f"{types[kind]}\n{kind} {kind}_is = {name};\n" for kind, name in looked_up.items())
    (tmp_path / "types.c").write_text(f"#include <stdint.h>\n#include <sys/stat.h>\n#include <sys/clonefile.h>\n{lines}")
    # Once for a system that has them, and the types alone count.
    done = cc(repo, build, "x86_64", "-target", "x86_64-apple-macos10.13", "-Werror", "-fsyntax-only", tmp_path / "types.c")
    assert done.returncode == 0, done.stderr
    for name, kind in ((name, kind) for kind, name in looked_up.items()):
        assert f'dlsym(RTLD_DEFAULT, "{name}")' in source, kind


def test_make_mac_fails_with_a_younger_call_in_the_packer(repo, build, tmp_path):
    """The whole lane, with one line changed."""
    work = tmp_path / "work"
    run("sh", "-c", 'mkdir -p "$1/build/mac" && contrib/sources | cpio -pdm --quiet "$1"', "sh", work, cwd=repo, check=True)
    for name in ("headers", "sdk", "x86_64", ".fetched"):
        run("cp", "-a", build / "mac" / name, work / "build/mac/", check=True)
    (work / "build/mac/.fetched").touch()  # whatever its age, nothing is fetched here
    words = ["make", "-C", work, "mac-x86_64", "BUILD=build", "MAC_ARCHS=x86_64"]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("USERMOUNT_", "MAKE", "MFLAGS"))}
    fine = run(*words, env=clean)
    assert fine.returncode == 0 and "FETCH" not in fine.stdout, fine.stdout + fine.stderr
    source = work / "packer/host/program.c"
    text = source.read_text()
    assert text.count("host_monotonic_ns() / 1000000") == 1
    source.write_text("#include <time.h>\n" + text.replace("host_monotonic_ns() / 1000000", "clock_gettime(CLOCK_MONOTONIC, NULL)"))
    done = run(*words, env=clean)
    assert done.returncode == 2 and "'clock_gettime' is only available on macOS 10.12 or newer" in done.stderr, done.stderr
