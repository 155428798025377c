/* SPDX-License-Identifier: MIT */
/*
 * log: /var/log/usermount.log, and the kernel's log for warnings and errors. Edge.
 *
 * One write appends a line to the file that was opened first, whatever covers its folder by now: docker's start once
 * covered /var/log with a folder of the Mac, where a line could hang the daemon. If the file is moved or removed in its
 * folder, the log makes it again there. It never writes to a folder that another machine or program serves: those lines
 * go to LOG_COVERED, where docker's start moves the old folder. The log keeps unwritten lines, as many as fit, and
 * writes them later. Nothing here fails or waits. At LOG_SIZE_MAX the file becomes FILE.1.
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

/* The descriptors that a logging child must keep, for worker_task.keep. */
void log_descriptors(int keep[2]);

/* Call it in a child that logs. The parent writes its own kept lines and rotates the file. The child's unwritten lines
 * are lost with it. */
void log_child(void);

/* Call it when such a child has ended. */
void log_child_ended(void);

/* "ts=… level=… boot=… LINE". */
void log_line(enum config_loglevel level, const char *line);

/* Whether a power cut would lose warnings or errors. log_sync() is then due, in a worker, since it waits for the disk.
 * log_syncing() notes that one has begun. */
bool log_wants_sync(void);
void log_syncing(void);
enum work_end log_sync(const void *nothing, struct recorder *recorder);

/* Retries the kept lines. True: none is left. */
bool log_flush(void);

#endif
