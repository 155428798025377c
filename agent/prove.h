/* SPDX-License-Identifier: MIT */
/*
 * prove: shows that a fresh NFS mount answers, also with replies longer than a network frame. Edge; private to
 * mounter. Reads only.
 */
#ifndef USERMOUNT_PROVE_H
#define USERMOUNT_PROVE_H

#include <stdbool.h>

/* List the first part of a directory. *is_long: its READDIR replies cannot have fitted into one frame. 0 or errno. */
int prove_list(const char *path, bool *is_long);

/* Read the start of the first readable file that is longer than a frame, in a look that is bounded in depth and
 * number. *did_read: there was one. 0 or errno, of the read. */
int prove_read_file(const char *path, bool *did_read);

#endif
