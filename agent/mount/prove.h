/* SPDX-License-Identifier: MIT */
/*
 * prove: shows that a new NFS mount answers, also with replies longer than a network frame. Edge; private to mounter.
 * It only reads.
 */
#ifndef USERMOUNT_PROVE_H
#define USERMOUNT_PROVE_H

#include "../engine/evidence.h"

#include <dirent.h>

/* Lists the first part of the newly opened `dir`. *proof becomes PROVE_READ_LONG_DIRECTORY if the replies cannot have
 * fitted into one frame. 0 or errno. */
int prove_list(DIR *dir, enum prove_read *proof);

/* Looks for something that needs a long reply, to a bounded depth and number: it reads the start of the first readable
 * file that is longer than a frame, or finds a long directory. It rewinds `dir`, which costs no remote call. *proof
 * tells which, if any. 0 or errno of the call that failed; a denial is no failure. */
int prove_large_reply(DIR *dir, enum prove_read *proof);

#endif
