/* SPDX-License-Identifier: MIT */
/*
 * stream: the words that the watcher on the Mac and the agent exchange about edits. docs/events.md is the protocol's
 * text.
 *
 * This room is PURE: bytes in, values out. The agent and the packer both use it; of theirs it uses only text.h.
 *
 *     stream_frame   frames cut out of bytes as they come
 *     stream_read    one frame as a message, every rule of the protocol checked
 *     stream_write   messages as frames
 *     stream_path    which paths may be told
 */
#ifndef USERMOUNT_STREAM_H
#define USERMOUNT_STREAM_H

#include "../common/text.h"

#define STREAM_PORT 20490
#define STREAM_VERSION 1
#define STREAM_MAGIC UINT32_C(0x554d4556) /* "UMEV" */

#define STREAM_LENGTH_BYTES 4u    /* before each frame: the number of bytes behind it */
#define STREAM_FRAME_BYTES 65536u /* the most that a frame has, its length included */
#define STREAM_EXPORTS_MAX 32u
#define STREAM_EXPORT_BYTES 1023u /* of an export's path */
#define STREAM_PATTERNS_MAX 64u   /* of one export */
#define STREAM_FOLDERS_MAX 256u   /* of one export */
#define STREAM_PATH_BYTES 4095u   /* of a path below an export, and of a pattern */
#define STREAM_PART_BYTES 255u    /* NFS3_MAXNAMLEN of Linux and XNU */

#define STREAM_PING_MS 4000u     /* the guest pings this long after it was last sent something */
#define STREAM_SILENCE_MS 10000u /* who has heard nothing for so long hangs up */

/* The first byte of a frame behind its length. */
enum stream_kind {
    STREAM_HELLO = 0x01,   /* guest: which exports */
    STREAM_FOLDERS = 0x02, /* guest: the folders to be told of though they are excluded */
    STREAM_PING = 0x03,    /* guest */
    STREAM_WELCOME = 0x81, /* watcher: the hello back */
    STREAM_HEARD = 0x82,   /* watcher: from now on it tells of these folders */
    STREAM_PONG = 0x83,    /* watcher */
    STREAM_EXPORT = 0x84,  /* watcher: what becomes of one export */
    STREAM_RECORDS = 0x85, /* watcher: what was edited */
    STREAM_REFUSAL = 0x86, /* watcher: not this version */
};

/* Who sent a frame. */
enum stream_side { STREAM_GUEST, STREAM_WATCHER };

/* Of an export. */
enum stream_state {
    STREAM_WATCHED, /* every edit from now on is told */
    STREAM_MISSING, /* there is no such folder */
    STREAM_UNKNOWN, /* the watcher does not serve it */
    STREAM_FAILED,  /* the system refused to watch it */
    STREAM_STATES,
};

/* Of a record, as bits. */
enum stream_flag {
    STREAM_IS_FOLDER = 1,
    STREAM_IS_GONE = 2,   /* there is nothing of that name any more */
    STREAM_IS_BELOW = 4,  /* all that lies below it may have changed, in ways that are not known one by one */
    STREAM_IS_LISTED = 8, /* with STREAM_IS_BELOW: records with this flag follow and tell them one by one */
    STREAM_IS_SAME = 16,  /* its numbers are those told last, in the second of its mtime: content may differ */
    STREAM_FLAGS = 31,
};

/* Numbers of which nothing is known are 0. */
struct stream_record {
    uint16_t flags;
    uint16_t mode;         /* st_mode: the type's bits and the lower twelve */
    uint64_t inode;        /* st_ino, which is NFS's fileid */
    uint64_t folder_inode; /* of the folder in which it is */
    uint64_t size_bytes;
    int64_t mtime_ns; /* since 1970 */
    struct text path; /* below the export; empty: the export itself */
};

struct stream_message {
    enum stream_kind kind;
    uint16_t version; /* hello, welcome; refusal: the newest that the watcher speaks */
    uint16_t oldest;  /* refusal: the oldest */
    uint8_t export;   /* folders, heard, export, records: the export's place in the hello, from 0 */
    enum stream_state state;
    uint32_t list;     /* folders, heard: the list's number */
    uint64_t token;    /* ping, pong */
    uint64_t inode;    /* export: of the export's own folder */
    size_t count;      /* hello: exports; folders: folders; export: patterns; records: records */
    struct text items; /* these, one behind the other; see stream_next_path() and stream_next_record() */
};

#endif
