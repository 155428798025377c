/* SPDX-License-Identifier: MIT */
/*
 * stream_path: which paths may be told. PURE.
 */
#ifndef USERMOUNT_STREAM_PATH_H
#define USERMOUNT_STREAM_PATH_H

#include "stream.h"

/* Whether `name` can be one part of a path: 1 to 255 bytes, no "/", no NUL, neither "." nor "..". */
bool stream_path_part(struct text name);

/* Whether `path` is relative, at most STREAM_PATH_BYTES long, and all its parts are good. The empty one is not. */
bool stream_path_relative(struct text path);

/* Whether `path` is "/", or "/" and a path that is good, at most STREAM_EXPORT_BYTES long. */
bool stream_path_absolute(struct text path);

/* Whether `inner` is `outer` or lies below it. Both are relative; the empty one is above all. */
bool stream_path_below(struct text inner, struct text outer);

/* The deepest one that is above both, or is one of them; in the memory of `a`. */
struct text stream_path_common(struct text a, struct text b);

/* The folder in which `path` lies; empty for a single part. */
struct text stream_path_folder(struct text path);

#endif
