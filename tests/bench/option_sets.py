# SPDX-License-Identifier: MIT
"""The sets of mount options that `working` compares, and what is done in each."""

MISSION = "noacl,noatime,nolock,async"
OURS = "usermount as it comes"  # a mount of its own making; its options are the mission's, and a larger read-ahead
MISSIONS = "the mission's"

# What caches do: measured with a small tree, in which no attribute grows old meanwhile. name -> options
CACHE_SETS = {
    MISSIONS: MISSION,
    OURS: OURS,
    "d4m-nfs's": "nolock,local_lock=all",
    "defaults": "",
    "actimeo=1": f"{MISSION},actimeo=1",
    "actimeo=2": f"{MISSION},actimeo=2",
    "actimeo=60": f"{MISSION},actimeo=60",
    "nocto": f"{MISSION},nocto",
    "nocto,actimeo=60": f"{MISSION},nocto,actimeo=60",
    "lookupcache=positive": f"{MISSION},lookupcache=positive",
    "lookupcache=none": f"{MISSION},lookupcache=none",
    "nordirplus": f"{MISSION},nordirplus",
}
# Those that people have or would choose: measured with the large tree too. The first two are also judged, as a pair.
PAIR = (OURS, MISSIONS)
LARGE_SETS = {name: CACHE_SETS[name] for name in (*PAIR, "d4m-nfs's", "defaults", "actimeo=1", "nocto,actimeo=60")}
# One of the mission's options taken away at a time.
WORTH_SETS = {
    "all four": MISSION,
    "without noacl": "noatime,nolock,async",
    "without noatime": "noacl,nolock,async",
    "without nolock": "noacl,noatime,async",
    "sync in place of async": "noacl,noatime,nolock,sync",
}
# What the wire does: measured with one large file.
WIRE_SETS = {
    MISSIONS: MISSION,
    OURS: OURS,
    "nconnect=2": f"{MISSION},nconnect=2",
    "nconnect=4": f"{MISSION},nconnect=4",
    "nconnect=8": f"{MISSION},nconnect=8",
    "rsize=wsize=32768": f"{MISSION},rsize=32768,wsize=32768",
    "rsize=wsize=262144": f"{MISSION},rsize=262144,wsize=262144",
}
READ_AHEAD_KIB = (128, 512, 1024, 4096, 15360)
# What is done, in this order, each on the caches that the one before has left; before some comes a new mount, or a pause.
# A pass through the large tree takes about as long as attributes are kept at first (3 s): what needs them young, or old, is
# placed so that they surely are, as it would otherwise ask for all files or for none by chance.
FRESH, LATER = "fresh", "later"
STEPS = (("walk", FRESH), ("include", None), ("stat, 4 s later", LATER), ("include, 4 s later", None),
         ("stat", FRESH), ("read", None), ("walk again", None), ("stat again", None), ("include again", None), ("read again", None),
         ("git status", FRESH), ("write", None), ("delete", None), ("lock", None))
TREE_OPS = ("walk", "stat", "include", "read", "walk again", "stat again", "include again", "read again",
            "stat, 4 s later", "include, 4 s later", "git status", "write", "delete")
WORTH_OPS = ("walk", "stat", "include", "read", "include again", "read again", "write", "delete", "lock")
GROUPS = {"cold": ("walk", "stat", "include", "read"), "again": ("walk again", "stat again", "include again", "read again"),
          "4 s later": ("stat, 4 s later", "include, 4 s later"), "git status": ("git status",), "write, delete": ("write", "delete")}
