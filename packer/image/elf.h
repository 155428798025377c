/* SPDX-License-Identifier: MIT */
/*
 * elf: whether a file can be the agent. Pure. Source: the System V gABI, chapters 4 and 5.
 */
#ifndef PACKER_ELF_H
#define PACKER_ELF_H

#include <stddef.h>
#include <stdint.h>

enum elf_answer {
    ELF_STATIC,  /* a 64-bit little-endian program that needs no other file */
    ELF_DYNAMIC, /* it names an interpreter, which the guest need not have */
    ELF_OTHER,   /* not such a program, or damaged */
};

/* Looks at the size bytes at bytes; *machine becomes e_machine, or 0 for ELF_OTHER. */
enum elf_answer elf_check(const unsigned char *bytes, size_t size, uint16_t *machine);

#endif
