/* SPDX-License-Identifier: MIT */
/*
 * cmd: the verbs. Each prints its report or its error, and returns the program's exit code (enum say_exit).
 */
#ifndef PACKER_CMD_H
#define PACKER_CMD_H

#include "output/arguments.h"

int cmd_add(const struct arguments *arguments);
int cmd_remove(const struct arguments *arguments);
int cmd_status(const struct arguments *arguments);
int cmd_inspect(const struct arguments *arguments);
int cmd_doctor(const struct arguments *arguments);
int cmd_verify(const struct arguments *arguments);
int cmd_events(const struct arguments *arguments);

#endif
