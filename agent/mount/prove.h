/* SPDX-License-Identifier: MIT */
/*
 * prove: shows that a fresh NFS mount answers, also with replies longer than a network frame. Edge; private to
 * mounter. Reads only.
 */
#ifndef USERMOUNT_PROVE_H
#define USERMOUNT_PROVE_H

#include "../engine/evidence.h"

#include <dirent.h>

/* List the first part of a directory, as it was opened. *proof becomes PROVE_READ_LONG_DIRECTORY where the replies to
 * that cannot have fitted into one frame. 0 or errno. */
int prove_list(DIR *dir, enum prove_read *proof);

/* Look for something that needs a long reply, bounded in depth and number: the first readable file that is longer
 * than a frame, whose start is read, or a long directory. From the start of `dir` again, which costs no call more.
 * *proof says which, if any. 0 or errno of the call that was not answered. */
int prove_large_reply(DIR *dir, enum prove_read *proof);

#endif
