/* SPDX-License-Identifier: MIT */
/*
 * log: /var/log/usermount.log, and the kernel's log for warnings and errors. Edge.
 *
 * A line is appended by one write, to a file opened for it, so that the log may be moved, its disk mounted later
 * or be read-only. What cannot be written is kept, as much as fits, and written later; nothing here fails or
 * waits. At LOG_SIZE_MAX the file is renamed to FILE.1.
 */
#ifndef USERMOUNT_LOG_H
#define USERMOUNT_LOG_H

#include "config.h"

#include <stdbool.h>

#define LOG_SIZE_MAX (256 * 1024)

/* `path` must live as long as the program; `level`: lines above it are dropped. */
void log_open(const char *path, enum config_loglevel level);

/* ` also` to standard error, for `run` in a terminal. */
void log_to_stderr(void);

/* In a child that logs: what the parent has kept is the parent's to write, and the file is its to cut over. What the
 * child cannot write is lost with it. */
void log_child(void);

/* "ts=… level=… boot=… LINE". */
void log_line(enum config_loglevel level, const char *line);

/* Try again to write what was kept. True: nothing is kept any more. */
bool log_flush(void);

#endif
