/* SPDX-License-Identifier: MIT */
/*
 * cleanup: the files that must not outlive a run that a signal ends. Edge. The signals that end a program remove them
 * and end it as they would have, but for those that are ignored already (nohup). SIGXFSZ is ignored, so that a file
 * that may not grow is an error of write(2); SIGBUS, which a mapped file causes that another process cuts short, is
 * named.
 */
#ifndef PACKER_CLEANUP_H
#define PACKER_CLEANUP_H

#define CLEANUP_MAX 3 /* a lock, one draft of an image, and one of its backup */

/* Once, before the first file. */
void cleanup_install(void);

/* path is removed on a signal, until cleanup_forget with the same pointer; its memory must last until then. */
void cleanup_add(const char *path);
void cleanup_forget(const char *path);

#endif
