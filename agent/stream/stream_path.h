/* SPDX-License-Identifier: MIT */
/*
 * stream_path: which paths the protocol allows, and how they lie to each other. PURE.
 */
#ifndef USERMOUNT_STREAM_PATH_H
#define USERMOUNT_STREAM_PATH_H

#include "stream.h"

/* Whether `name` can be one part of a path: 1 to 255 bytes, no "/", no NUL, neither "." nor "..". */
bool stream_path_part(struct text name);

/* Whether `path` is relative, 1 to STREAM_PATH_BYTES long, and every part is valid. */
bool stream_path_relative(struct text path);

/* Whether `path` is "/", or "/" and a relative path, at most STREAM_EXPORT_BYTES long. */
bool stream_path_absolute(struct text path);

/* The deepest path that both equal or lie below, as a slice of `a`. */
struct text stream_path_common(struct text a, struct text b);

/* The folder that holds the last part of `path`; empty for a single part. */
struct text stream_path_folder(struct text path);

#endif
