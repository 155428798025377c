/* SPDX-License-Identifier: MIT */
/*
 * elf: checks that a file can be the agent. Pure. Source: the System V gABI, chapters 4 and 5.
 */
#ifndef PACKER_ELF_H
#define PACKER_ELF_H

#include <stddef.h>
#include <stdint.h>

enum elf_answer {
    ELF_STATIC,  /* a 64-bit little-endian program without an interpreter */
    ELF_DYNAMIC, /* the same with an interpreter, which the guest may lack */
    ELF_OTHER,   /* another file, or a damaged one */
};

/* Checks size bytes. Sets *machine to e_machine, or to 0 for ELF_OTHER. */
enum elf_answer elf_check(const unsigned char *bytes, size_t size, uint16_t *machine);

#endif
