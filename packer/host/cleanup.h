/* SPDX-License-Identifier: MIT */
/*
 * cleanup: removes temporary files when a signal ends the program. Edge.
 *
 * The handlers remove the files, restore the default action and raise the signal again. A signal that was ignored at
 * the start, for example by nohup(1), stays ignored. SIGXFSZ is ignored: write(2) then fails with EFBIG. SIGBUS means
 * that another process truncated a mapped image. The handler prints that and exits with SAY_SYSTEM (4).
 * Source: signal-safety(7).
 */
#ifndef PACKER_CLEANUP_H
#define PACKER_CLEANUP_H

#define CLEANUP_MAX 3 /* a lock, one draft of an image, and one of its backup */

/* Installs the handlers. Call it once, before the first cleanup_add. */
void cleanup_install(void);

/*
 * Registers path for removal. path is not copied: it must stay valid until cleanup_forget is called with the same
 * pointer. At most CLEANUP_MAX paths can be registered; further ones are not removed. The file need not exist.
 */
void cleanup_add(const char *path);
void cleanup_forget(const char *path);

#endif
