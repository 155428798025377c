/* SPDX-License-Identifier: MIT */
/*
 * cleanup: the files that must not outlive a run that a signal ends. Edge. SIGINT, SIGTERM and SIGHUP remove them and
 * end the program as they would have; SIGBUS, which a mapped file causes that another process cuts short, is named.
 */
#ifndef PACKER_CLEANUP_H
#define PACKER_CLEANUP_H

#define CLEANUP_MAX 2 /* one draft of an image, and one of its backup */

/* Once, before the first file. */
void cleanup_install(void);

/* path is removed on a signal, until cleanup_forget with the same pointer; its memory must last until then. */
void cleanup_add(const char *path);
void cleanup_forget(const char *path);

#endif
