/* SPDX-License-Identifier: MIT */
/*
 * probe_memory: the probe leaves its memory to the end of its process; a fuzzer's process goes on. What is
 * allocated between begin and end, and not freed there, is freed by end. The program is linked with
 * --wrap for malloc and its kin.
 */
#ifndef USERMOUNT_TESTS_PROBE_MEMORY_H
#define USERMOUNT_TESTS_PROBE_MEMORY_H

void memory_begin(void);
void memory_end(void);

#endif
