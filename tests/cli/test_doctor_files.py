# SPDX-License-Identifier: MIT
"""What doctor finds in /etc/exports and /etc/nfs.conf, file by file.

Many are the forms of issue threads: vagrant 785, 5351 and 11862, docker-machine-nfs 10, 48 and 57, d4m-nfs 45, docker/for-mac, and
what blog posts and READMEs tell people to write. A finding is told here as "LEVEL CHECK[:LINE] some of its text"; what is ok is
left out, so a file with an empty list is one with which all is well.
"""

import os

import pytest

from mac import GOOD_CONF, GOOD_EXPORTS, IMAGE, Mac

NESTED = "lie inside each other"
MISSING = "wrong export /Users is not exported"

EXPORTS = {
    # name: (text, folders beside /Users/me, findings)
    "as-the-readme-says": (GOOD_EXPORTS, [], []),
    "as-docker-for-mac-nfs-says": ("# Where 501 is your user ID, and 20 your group ID. See the output of `id`.\n"
                                   "/Users -mapall=501:20 localhost\n", [], []),
    "as-d4m-nfs-writes": ('# d4m-nfs exports\n\n"/Users" -alldirs -mapall=501:20 localhost\n'
                          '"/Volumes" -alldirs -mapall=501:20 localhost\n"/private" -alldirs -mapall=501:20 localhost\n',
                          ["/Volumes", "/private"], ["note leftover:1 d4m-nfs's"]),
    "as-d4m-nfs-for-one-user": ('# d4m-nfs exports\n\n"/Users/me" -alldirs -mapall=501:20 localhost\n', [],
                                ["note leftover:1", MISSING]),
    "d4m-nfs-as-root": ('"/Users" -alldirs -mapall=0:0 localhost\n', [], ["note export:1 will be root's"]),
    "as-docker-machine-nfs-writes": ('# docker-machine-nfs-begin dev #\n"/Users" 192.168.99.100 -alldirs -mapall=501:20\n'
                                     "# docker-machine-nfs-end dev #\n", [],
                                     ["note leftover:1 docker-machine-nfs's", "wrong export:2 not exported to localhost"]),
    "docker-machine-nfs-with-a-range": ('"/Users" -network 192.168.99 -alldirs -mapall=501:20\n', [],
                                        ["wrong export:1 not exported to localhost"]),
    "docker-machine-nfs-beside-ours": ('# docker-machine-nfs-begin dev #\n"/Users" 192.168.99.100 -alldirs -mapall=501:20\n'
                                       "# docker-machine-nfs-end dev #\n" + GOOD_EXPORTS, [], ["note leftover:1"]),
    "two-machines-and-the-whole": ("/Users/me/github 192.168.99.100 -alldirs -mapall=501:20\n"
                                   "/Users 192.168.99.101 -alldirs -mapall=501:20\n", ["/Users/me/github"],
                                   [f"wrong conflict:2 /Users and /Users/me/github of line 1 {NESTED}", MISSING]),
    "vagrant-before-ours": ('# VAGRANT-BEGIN: 501 a50e349d-4c08-4740-b971-518da1498690\n'
                            '"/Users/me/project" 172.17.8.101 -alldirs -mapall=501:20\n'
                            "# VAGRANT-END: 501 a50e349d-4c08-4740-b971-518da1498690\n" + GOOD_EXPORTS, ["/Users/me/project"],
                            [f"wrong conflict:4 /Users and /Users/me/project of line 2 {NESTED}", "note leftover:1 Vagrant's",
                             MISSING]),
    "vagrant-behind-ours": (GOOD_EXPORTS + "# VAGRANT-BEGIN: 501 a50e\n"
                            '"/Users/me/project" 172.17.8.101 -alldirs -mapall=501:20\n# VAGRANT-END: 501 a50e\n',
                            ["/Users/me/project"], [f"wrong conflict:3 /Users/me/project and /Users of line 1 {NESTED}",
                                                    "note leftover:2"]),
    "vagrant-elsewhere": (GOOD_EXPORTS + '# VAGRANT-BEGIN: 501 a50e\n"/opt/www" 172.17.8.101 -alldirs -mapall=501:20\n'
                          "# VAGRANT-END: 501 a50e\n", ["/opt/www"], ["note leftover:2"]),
    "vagrant-s-folder-is-gone": ('"/opt/gone" 172.17.8.101 -alldirs -mapall=501:20\n' + GOOD_EXPORTS, [],
                                 ["wrong folder:1 /opt/gone does not exist"]),
    "vagrant-two-folders-of-two-boxes": ('"/opt/a" 172.17.8.101 -alldirs -mapall=501:80\n'
                                         '"/opt/a/b" 192.168.50.10 -alldirs -mapall=501:80\n' + GOOD_EXPORTS, ["/opt/a/b"],
                                         [f"wrong conflict:2 /opt/a/b and /opt/a of line 1 {NESTED}"]),
    "vagrant-on-one-line": ('"/opt/a" "/opt/a/b" 192.168.42.3 -mapall=502:20\n' + GOOD_EXPORTS, ["/opt/a/b"], []),
    "empty": ("", [], [MISSING]),
    "only-comments": ("# /Users -mapall=501:20 localhost\n\n   \t\n", [], [MISSING]),
    "for-everybody": ("/Users -mapall=501:20\n", [], ["note everyone:1 every host"]),
    "for-127.0.0.1": ("/Users -mapall=501:20 127.0.0.1\n", [], []),
    "for-ipv6-alone": ("/Users -mapall=501:20 ::1\n", [], ["wrong export:1 not exported to localhost"]),
    "for-both-families": ("/Users -mapall=501:20 ::1 127.0.0.1\n", [], []),
    "for-the-vm-s-address": ("/Users -mapall=501:20 192.168.65.2\n", [], ["wrong export:1 from where Docker's VM asks"]),
    "for-the-vm-s-network": ("/Users -mapall=501:20 -network 192.168.65.0 -mask 255.255.255.0\n", [],
                             ["wrong export:1 not exported to localhost"]),
    "for-the-loopback-network": ("/Users -mapall=501:20 -network 127.0.0.0 -mask 255.0.0.0\n", [], []),
    "for-the-loopback-class": ("/Users -mapall=501:20 -network=127\n", [], []),
    "for-an-ipv6-network": ("/Users -alldirs -mapall=501:20 -network 2001:DB8:: -mask ffff:ffff::\n", [],
                            ["wrong export:1 not exported to localhost"]),
    "for-a-name": ("/Users -mapall=501:20 my-mac.local\n", [], ["wrong export:1 not exported to localhost"]),
    "for-a-netgroup-and-localhost": ("/Users -mapall=501:20 friends LOCALHOST\n", [], []),
    "localhost-wins-over-everybody": ("/Users -ro\n/Users -mapall=501:20 localhost\n", [], []),
    "no-mapall": ("/Users localhost\n", [], ["wrong export:1 without -mapall"]),
    "alldirs-and-no-mapall": ("/Users -alldirs localhost\n", [], ["wrong export:1 without -mapall"]),
    "maproot": ("/Users -maproot=root:wheel localhost\n", [], ["note export:1 maps root alone"]),
    "r-is-maproot": ("/Users -r=0 localhost\n", [], ["note export:1 maps root alone"]),
    "mapall-nobody": ("/Users -mapall=nobody localhost\n", [], ["wrong export:1 nobody"]),
    "mapall-minus-two": ("/Users -mapall=-2:-2 localhost\n", [], ["wrong export:1 nobody"]),
    "mapall-somebody-else": ("/Users -mapall=502:20 localhost\n", [], ["wrong export:1 502:20 is not the user 501:20"]),
    "mapall-by-name": ("/Users -mapall=me:staff localhost\n", [], []),
    "mapall-behind-a-blank": ("/Users -mapall 501:20 localhost\n", [], []),
    "mapall-of-two-users": ("/Users -alldirs -mapall=0:0,501:20 localhost\n", [],
                            ["note syntax:1 does not know -501:20", "note export:1 will be root's"]),
    "mapall-without-a-user": ("/Users -mapall= localhost\n", [], ["wrong syntax:1 names no user", MISSING]),
    "mapall-and-maproot": ("/Users -mapall=501:20 -maproot=0 localhost\n", [], ["wrong syntax:1 exclude each other", MISSING]),
    "read-only": ("/Users -ro -mapall=501:20 localhost\n", [], ["wrong export:1 nobody can write"]),
    "read-only-the-old-way": ("/Users -o -mapall=501:20 localhost\n", [], ["wrong export:1 nobody can write"]),
    "in-one-word": ("/Users -alldirs,mapall=501:20,ro localhost\n", [], ["wrong export:1 nobody can write"]),
    "offline": ("/Users -offline -mapall=501:20 localhost\n", [], ["wrong export:1 -offline"]),
    "kerberos-alone": ("/Users -sec=krb5p:krb5 -mapall=501:20 localhost\n", [], ["wrong export:1 Kerberos"]),
    "kerberos-or-sys": ("/Users -sec=krb5:sys -mapall=501:20 localhost\n", [], []),
    "sec-misspelt": ("/Users -sec=unix -mapall=501:20 localhost\n", [], ["wrong syntax:1 none of sys", MISSING]),
    "other-options": ("/Users -32bitclients -manglednames -fspath=/ -fsuuid=4B4E2C0A-92C4-4B0B-9A7B-1D3B3A2C1D0E "
                      "-mapall=501:20 localhost\n", [], []),
    "fspath-relative": ("/Users -fspath=Users -mapall=501:20 localhost\n", [], ["wrong syntax:1 no absolute path", MISSING]),
    "fsuuid-short": ("/Users -fsuuid=4B4E -mapall=501:20 localhost\n", [], ["wrong syntax:1 no UUID", MISSING]),
    "linux-options": ("/Users -alldirs -mapall=501:20 -no_subtree_check -async localhost\n", [],
                      ["note syntax:1 does not know -no_subtree_check"]),
    "linux-options-swallow-the-rest": ("/Users -rw,mapall=501:20 localhost\n", [],
                                       ["note syntax:1 does not know -rw", "wrong export:1 without -mapall"]),
    "linux-brackets": ("/Users *(rw,all_squash,anonuid=501)\n", [], ["wrong syntax:1 Linux's way", MISSING]),
    "linux-prefix-length": ("/Users -mapall=501:20 -network 127.0.0.0/8\n", [], ["wrong syntax:1 no /24 behind it", MISSING]),
    "nfs4-root-line": ("V4: / -sec=sys\n" + GOOD_EXPORTS, [], ["wrong syntax:1 does not begin with a directory"]),
    "comment-behind": ("/Users -mapall=501:20 localhost # my share\n", [], ["wrong syntax:1 a comment is a whole line"]),
    "windows-line-end": ("/Users -mapall=501:20 localhost\r\n", [], ["wrong syntax:1 carriage return", MISSING]),
    "options-first": ("-mapall=501:20 /Users localhost\n", [], ["wrong syntax:1 does not begin with a directory", MISSING]),
    "directory-behind-the-options": ("/Users -mapall=501:20 /opt localhost\n", ["/opt"],
                                     ["wrong syntax:1 directories must come before", MISSING]),
    "host-before-the-options": ("/Users localhost -mapall=501:20\n", [], []),
    "network-and-host": ("/Users -mapall=501:20 -network 10.0.0.0 localhost\n", [],
                         ["wrong syntax:1 either a -network or hosts", MISSING]),
    "mask-without-network": ("/Users -mapall=501:20 -mask 255.0.0.0\n", [], ["wrong syntax:1 -mask needs -network", MISSING]),
    "two-networks": ("/Users -mapall=501:20 -network 10.0.0.0 -network 127.0.0.0\n", [],
                     ["wrong syntax:1 one -network", MISSING]),
    "bad-mask": ("/Users -mapall=501:20 -network 10.0.0.0 -mask 255.256.0.0\n", [], ["wrong syntax:1 no address", MISSING]),
    "continued": ("/Users \\\n  -mapall=501:20 \\\n  localhost\n", [], []),
    "continued-without-a-blank": ("/Users -mapall=501:20\\\nlocalhost\n", [],
                                  ["note everyone:1 every host"]),
    "continued-comment-hides-the-export": ("# for Docker \\\n/Users -mapall=501:20 localhost\n", [], [MISSING]),
    "continued-to-the-end": ("/Users -mapall=501:20 localhost \\", [], ["wrong syntax:1 the file ends", MISSING]),
    "blank-line-ends-a-continuation": ("/Users -mapall=501:20 localhost \\\n\n/opt localhost\n", ["/opt"], []),
    "quoted-with-blanks": (GOOD_EXPORTS + '"/Volumes/My Disk/x" \'/Volumes/My Disk/y\' -mapall=501:20 localhost\n',
                           ["/Volumes/My Disk/x", "/Volumes/My Disk/y"], []),
    "escaped-blanks": (GOOD_EXPORTS + "/Volumes/My\\ Disk/it\\'s -mapall=501:20 localhost\n", ["/Volumes/My Disk/it's"], []),
    "quote-not-closed": ('"/Users -mapall=501:20 localhost\n', [], ["wrong folder:1", MISSING]),
    "slashes-at-the-end": ("/Users// -mapall=501:20 localhost\n", [], []),
    "small-letters": ("/users -mapall=501:20 localhost\n", ["/users"], ["wrong export only /users, in other letters"]),
    "a-link": (GOOD_EXPORTS + "/tmp -mapall=501:20 localhost\n", ["/tmp->private/tmp"], ["wrong folder:2 symbolic link"]),
    "parent-without-alldirs": ("/ -mapall=501:20 localhost\n", [], ["wrong export:1 lies in /, which is exported without"]),
    "parent-with-alldirs": ("/ -alldirs -mapall=501:20 localhost\n", [], []),
    "parent-and-the-folder": ("/ /Users -mapall=501:20 localhost\n", [], []),
    "parent-for-others": ("/ -alldirs -mapall=501:20 10.0.0.1\n", [], ["wrong export:1 not exported to localhost"]),
    "twice-the-same": (GOOD_EXPORTS * 2, [], []),
    "twice-with-other-options": ("/Users -mapall=501:20 localhost\n/Users -ro -mapall=501:20 127.0.0.1\n", [],
                                 ["wrong conflict:2 for the same hosts with other options"]),
    "twice-for-everybody": ("/Users -mapall=501:20\n/Users -mapall=0\n", [],
                            ["wrong conflict:2 for every host with other options", "note everyone:1"]),
    "twice-the-same-network": ("/Users -network 192.168.64.1 -mask 255.255.255.0 -alldirs -mapall=501:20\n"
                               "/Users -network 192.168.64.0 -mask 255.255.255.0 -mapall=501:20\n" + GOOD_EXPORTS, [],
                               ["wrong conflict:2 for the same hosts"]),
    "two-hosts-two-ways": ("/Users -ro 10.0.0.1\n" + GOOD_EXPORTS, [], []),
    "another-volume-inside": ("/Volumes -mapall=501:20 localhost\n/Volumes/disk -mapall=501:20 localhost\n" + GOOD_EXPORTS,
                              ["/Volumes/disk"], []),
    "nearly-the-same-name": ("/Users2 -mapall=501:20 localhost\n" + GOOD_EXPORTS, ["/Users2"], []),
    "path-too-long": (f"/{'x' * 255} localhost\n" + GOOD_EXPORTS, [], ["wrong syntax:1 more than 255 bytes"]),
    "odd-bytes": ("/Users -mapall=501:20 local\x01host\n", [], ["wrong syntax:1 can be no host", MISSING]),
    "data-volume-on-an-old-macos": ("/System/Volumes/Data -alldirs -mapall=501:20 localhost\n", [],
                                    ["wrong folder:1 /System/Volumes/Data does not exist", MISSING]),
}

NEW_MACOS = {
    "data-volume": ("/System/Volumes/Data/Users -mapall=501:20 localhost\n", [], ["note data-volume near-miss"]),
    "whole-data-volume": ("/System/Volumes/Data -alldirs -mapall=501:20 localhost\n", ["/System/Volumes/Data"],
                          ["note data-volume"]),
    "whole-data-volume-without-alldirs": ("/System/Volumes/Data -mapall=501:20 localhost\n", ["/System/Volumes/Data"],
                                          ["note data-volume", "wrong export:1 without -alldirs"]),
    "old-name": (GOOD_EXPORTS, [], ["note data-volume"]),
    "both-names": ("/System/Volumes/Data -alldirs -mapall=501:20 localhost\n" + GOOD_EXPORTS, ["/System/Volumes/Data"],
                   ["note data-volume", f"wrong conflict:2 /Users and /System/Volumes/Data of line 1 {NESTED}"]),
    "the-system-volume-is-another": ("/ -ro localhost\n" + GOOD_EXPORTS, [], ["note data-volume"]),
}

RESV = "wrong nfs-conf mount.require_resv_port is not 0"
CONFS = {
    "right": (GOOD_CONF, []),
    "without-blanks": ("nfs.server.mount.require_resv_port=0", []),
    "tabs-and-comments": ("#\n# nfs.conf: the NFS configuration file\n#\n\tnfs.server.mount.require_resv_port\t=\t0 # for Docker\n", []),
    "as-dinghy-and-others-write": ("nfs.server.bonjour = 0\nnfs.server.mount.regular_files = 1\n" + GOOD_CONF +
                                   "nfs.server.nfsd_threads = 9\nnfs.server.async = 1\n", []),
    "empty": ("", [RESV]),
    "factory": ("#\n# nfs.conf: the NFS configuration file\n#\n", [RESV]),
    "commented-out": ("#" + GOOD_CONF, [RESV]),
    "one": ("nfs.server.mount.require_resv_port = 1\n", ["wrong nfs-conf:1 mount.require_resv_port is not 0"]),
    "no-value": ("nfs.server.mount.require_resv_port\n", ["wrong nfs-conf:1 mount.require_resv_port is not 0"]),
    "later-line-wins": (GOOD_CONF + "\nnfs.server.mount.require_resv_port = 1\n", ["wrong nfs-conf:3"]),
    "later-line-wins-for-good": ("nfs.server.mount.require_resv_port = 1\n" + GOOD_CONF, []),
    "words-count-as-zero": ("nfs.server.mount.require_resv_port = no\n", []),
    "yes-counts-as-zero-too": ("nfs.server.mount.require_resv_port = yes\n", []),
    "hexadecimal": ("nfs.server.mount.require_resv_port = 0x10\n", ["wrong nfs-conf:1"]),
    "misspelt": ("nfs.server.mount.require_resv_ports = 0\n", [RESV]),
    "other-letters": ("NFS.server.mount.require_resv_port = 0\n", [RESV]),
    "client-key": ("nfs.client.mount.require_resv_port = 0\n", [RESV]),
    "continued": ("nfs.server.mount.require_resv_port \\\n = 0\n", []),
    "continued-comment-does-not-hide": ("# for Docker \\\n" + GOOD_CONF, []),
    "nfsd-wants-reserved-ports": (GOOD_CONF + "nfs.server.require_resv_port = 1\n",
                                  ["wrong nfs-conf:2 nfsd refuses Docker's VM"]),
    "nfsd-wants-none": (GOOD_CONF + "nfs.server.require_resv_port = 0\n", []),
    "udp-alone": (GOOD_CONF + "nfs.server.udp = 1\nnfs.server.tcp = 0\n", ["wrong nfs-conf:3 UDP alone"]),
    "windows-line-ends": (GOOD_CONF.replace("\n", "\r\n"), []),
}


def told(finding):
    place = f":{finding['line']}" if "line" in finding else ""
    return f"{finding['finding']} {finding['check']}{place} {finding['text']}"


def check(mac, wanted):
    findings = mac.findings(code=1 if any(line.startswith("wrong") for line in wanted) else 0)
    got = [told(finding) for finding in findings if finding["finding"] != "ok"]
    assert len(got) == len(wanted), got
    for line, want in zip(got, wanted):
        head, _, text = want.partition(" ")[2].partition(" ")
        assert line.startswith(want.split(" ")[0] + " " + head + " ") and text in line, (line, want)


def prepare(mac, text, folders):
    mac.write("etc/exports", text)
    for folder in folders:
        path, _, target = folder.partition("->")
        if target:
            (mac.root / path[1:]).symlink_to(target)
        else:
            (mac.root / path[1:]).mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("name", EXPORTS)
def test_exports(build, tmp_path, name):
    text, folders, wanted = EXPORTS[name]
    mac = Mac(build, tmp_path / "mac")
    prepare(mac, text, folders)
    check(mac, wanted)


@pytest.mark.parametrize("name", NEW_MACOS)
def test_exports_since_macos_10_15(build, tmp_path, name):
    text, folders, wanted = NEW_MACOS[name]
    mac = Mac(build, tmp_path / "mac", macos="10.15.7")
    prepare(mac, text, folders)
    check(mac, wanted)


@pytest.mark.parametrize("name", CONFS)
def test_nfs_conf(build, tmp_path, name):
    text, wanted = CONFS[name]
    mac = Mac(build, tmp_path / "mac")
    mac.write("etc/nfs.conf", text)
    check(mac, wanted)


def test_there_are_enough_of_them():
    assert len(EXPORTS) + len(NEW_MACOS) >= 40 and len(CONFS) >= 20


def test_files_that_are_missing(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    os.unlink(mac.root / "etc/exports")
    os.unlink(mac.root / "etc/nfs.conf")
    check(mac, [RESV, "wrong exports there is no such file", MISSING])


def test_an_export_is_needed_for_each_mount_of_the_configuration(build, tmp_path):
    mac = Mac(build, tmp_path / "mac")
    conf = tmp_path / "own.conf"
    conf.write_text("mount = /Users/me/src:/src\nmount = /opt/data:/data\nmount = 10.1.1.1:/nas:/nas\n")
    (mac.root / "Users/me/src").mkdir()
    (mac.root / "opt/data").mkdir(parents=True)
    mac.write("etc/exports", "/Users -alldirs -mapall=501:20 localhost\n/opt -mapall=501:20 localhost\n")
    got = [told(f) for f in mac.findings("--config", conf, code=1) if f["check"] == "export"]
    assert got == ["ok export:1 /Users/me/src is exported to localhost as 501:20",
                   "wrong export:2 /opt/data lies in /opt, which is exported without -alldirs",
                   "note export /nas comes from 10.1.1.1, not from this Mac"]


def test_the_mounts_are_those_of_the_packed_image(build, tmp_path):
    for more in ([], ["--gzip"]):
        mac = Mac(build, tmp_path / f"mac{len(more)}" / "root", packed=False)
        mac.run("add", "--no-backup", "--set", "mount=/opt", *more, mac.root / IMAGE)
        assert "/opt is not exported" in mac.doctor(code=1).stdout
