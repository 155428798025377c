/* SPDX-License-Identifier: MIT */
/*
 * stream: the protocol between the watcher on the Mac and the agent. docs/events.md defines it.
 *
 * This folder is PURE: bytes in, values out. Both programs use it; it uses only text.h.
 *
 *     stream_frame   cuts received bytes into frames
 *     stream_read    reads one frame as a message, and checks every rule of the protocol
 *     stream_write   writes messages as frames
 *     stream_path    checks and compares paths
 *     exclude        matches the patterns of ignored folders
 */
#ifndef USERMOUNT_STREAM_H
#define USERMOUNT_STREAM_H

#include "../common/text.h"

#define STREAM_PORT 20490
#define STREAM_VERSION 1
#define STREAM_MAGIC UINT32_C(0x554d4556) /* "UMEV" */

#define STREAM_LENGTH_BYTES 4u    /* of the length field, at the begin of each frame */
#define STREAM_FRAME_BYTES 65536u /* the longest frame, its length field included */
#define STREAM_EXPORTS_MAX 32u
#define STREAM_EXPORT_BYTES 1023u /* of an export's path */
#define STREAM_PATTERNS_MAX 64u   /* of one export */
#define STREAM_FOLDERS_MAX 256u   /* of one export */
#define STREAM_PATH_BYTES 4095u   /* of a path below an export, and of a pattern */
#define STREAM_PART_BYTES 255u    /* NFS3_MAXNAMLEN of Linux and XNU */

#define STREAM_PING_MS 4000u     /* the guest pings if it has sent nothing for so long */
#define STREAM_SILENCE_MS 10000u /* a side that receives nothing for so long hangs up */

/* The first byte after a frame's length. */
enum stream_kind {
    STREAM_HELLO = 0x01,   /* guest: which exports */
    STREAM_FOLDERS = 0x02, /* guest: folders to report although a pattern matches them */
    STREAM_PING = 0x03,    /* guest */
    STREAM_WELCOME = 0x81, /* watcher: answers a hello */
    STREAM_HEARD = 0x82,   /* watcher: it reports these folders from now on */
    STREAM_PONG = 0x83,    /* watcher */
    STREAM_EXPORT = 0x84,  /* watcher: the state of one export */
    STREAM_RECORDS = 0x85, /* watcher: edits */
    STREAM_REFUSAL = 0x86, /* watcher: it does not speak this version */
};

/* The sender of a frame. */
enum stream_side { STREAM_GUEST, STREAM_WATCHER };

/* Of an export. */
enum stream_state {
    STREAM_WATCHED, /* the watcher reports every edit from now on */
    STREAM_MISSING, /* the folder is missing */
    STREAM_UNKNOWN, /* the watcher does not serve it, or has no room for it */
    STREAM_FAILED,  /* the system refused to watch it */
    STREAM_STATES,
};

/* Of a record, as bits. */
enum stream_flag {
    STREAM_IS_FOLDER = 1,
    STREAM_IS_GONE = 2,   /* the name did not exist when the watcher looked */
    STREAM_IS_BELOW = 4,  /* anything at or below the path may have changed */
    STREAM_IS_LISTED = 8, /* with STREAM_IS_BELOW: records with this flag follow and list the changes */
    STREAM_IS_SAME = 16,  /* its numbers equal those of the path's last record, but the content may have changed */
    STREAM_FLAGS = 31,
};

/* Unknown numbers are 0. */
struct stream_record {
    uint16_t flags;
    uint16_t mode;         /* st_mode: the type's bits and the lower twelve */
    uint64_t inode;        /* st_ino, which is NFS's fileid */
    uint64_t folder_inode; /* of the folder that holds it */
    uint64_t size_bytes;
    int64_t mtime_ns; /* since 1970 */
    struct text path; /* below the export; empty: the export itself */
};

struct stream_message {
    enum stream_kind kind;
    uint16_t version;        /* hello, welcome; refusal: the newest that the watcher speaks */
    uint16_t oldest;         /* refusal: the oldest that it speaks */
    uint8_t export;          /* folders, heard, export, records: the export's index in the hello, from 0 */
    enum stream_state state; /* export */
    uint32_t list;           /* folders, heard: the list's number */
    uint64_t token;          /* ping, pong */
    uint64_t inode;          /* export: of the export's own folder; 0 unless it is watched */
    size_t count;            /* of exports (hello), folders, patterns (export) or records */
    struct text items;       /* these, as in the frame: stream_next_path() and stream_next_record() read them */
};

#endif
