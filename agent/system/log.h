/* SPDX-License-Identifier: MIT */
/*
 * log: /var/log/usermount.log, and the kernel's log for warnings and errors. Edge.
 *
 * A line is appended by one write to the file that was opened first, wherever that folder is mounted by now: docker's
 * start once covered /var/log with a folder of the Mac's, and a line that went there could hang the daemon. A file that
 * was moved or removed in its folder is made anew there. A folder that another machine or program answers for is never
 * written to: its lines go to LOG_COVERED, where docker's start moves the old one. What cannot be written is kept, as
 * much as fits, and written later; nothing here fails or waits. At LOG_SIZE_MAX the file is renamed to FILE.1.
 */
#ifndef USERMOUNT_LOG_H
#define USERMOUNT_LOG_H

#include "../settings/config.h"
#include "recorder.h"
#include "../engine/work.h"

#include <stdbool.h>

#define LOG_SIZE_MAX (256 * 1024)
#define LOG_COVERED "/run/log"

/* `path` must live as long as the program; `level`: lines above it are dropped. */
void log_open(const char *path, enum config_loglevel level);

/* Also to standard error, for `run` in a terminal. */
void log_to_stderr(void);

/* The descriptors that a child which logs must keep, for worker_task.keep. */
void log_descriptors(int keep[2]);

/* In a child that logs: what the parent has kept is the parent's to write, and the file is its to cut over. What the
 * child cannot write is lost with it. */
void log_child(void);

/* Such a child has ended. */
void log_child_ended(void);

/* "ts=… level=… boot=… LINE". */
void log_line(enum config_loglevel level, const char *line);

/* Whether there are warnings and errors that a pulled plug would take: then log_sync() is due, in a worker, since it
 * waits for the disk. log_syncing() says that one has begun. */
bool log_wants_sync(void);
void log_syncing(void);
enum work_end log_sync(const void *nothing, struct recorder *recorder);

/* Try again to write what was kept. True: nothing is kept any more. */
bool log_flush(void);

#endif
