/* SPDX-License-Identifier: MIT */
/*
 * tree: builds in memory the root file system that the kernel would build from the entries. Pure.
 *
 * It simulates the system calls of init/initramfs.c. A file rewrites an existing file in place. A directory replaces a
 * symbolic link. An entry is dropped if its name is a directory that is not empty, or if its parent is missing.
 * Symbolic links in a path are followed. Sources: init/initramfs.c, do_name() and do_symlink(); path_resolution(7);
 * fs/namei.c.
 */
#ifndef PACKER_TREE_H
#define PACKER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "sniff.h"

struct tree;

/* The index of an inode. It stays valid and is never reused, even if the inode has no name any more. */
typedef uint32_t tree_id;

#define TREE_NONE 0u
#define TREE_ROOT 1u

/* Why an entry did not change what it should. */
enum tree_error {
    TREE_OK,
    TREE_NO_ENTRY,      /* a parent, or the target of a hard link, is missing */
    TREE_NOT_DIRECTORY, /* a parent is not a directory */
    TREE_IS_DIRECTORY,  /* the name is a directory */
    TREE_NOT_EMPTY,     /* the name is a directory that is not empty */
    TREE_EXISTS,        /* the name exists */
    TREE_LOOP,          /* the path leads through more than 40 symbolic links */
    TREE_NAME_TOO_LONG, /* a part has more than 255 bytes, or a path or a target has 4096 or more */
    TREE_FULL,          /* a limit of this program; the tree is not complete */
};

/* The effect of an entry. */
enum tree_effect {
    TREE_CREATED,
    TREE_REWRITTEN, /* in place: the file's other hard links have the new data too */
    TREE_REPLACED,  /* the existing file of another type, or the symbolic link, was deleted first */
    TREE_MERGED,    /* only mode and owner of the existing file changed */
    TREE_LINKED,    /* the name became a hard link to an earlier file with the same inode number */
    TREE_DELETED,   /* the existing file was deleted, and the new one was not created */
    TREE_DROPPED,   /* nothing changed */
};

/*
 * Kernels differ on a hard link whose name exists already. Later kernels replace the existing file. Linux 4.4 and 4.9
 * get EEXIST from link(2), and skip the entry and its data.
 */
enum tree_quirk {
    TREE_QUIRK_NONE,
    TREE_QUIRK_EXISTS,   /* another file has the name; or the same file has it, and the entry contains data */
    TREE_QUIRK_REPEATED, /* the first name of the set comes again: later kernels delete it, and then cannot link to it
                          */
};

struct tree_result {
    enum tree_effect effect;
    enum tree_error error; /* for TREE_DELETED and TREE_DROPPED */
    tree_id inode;         /* the file that has the name now, or TREE_NONE */
    unsigned int before;   /* the segment of the file that had it before; 0 for the kernel's own, and for none */
    bool existed;          /* a file had the name before */
    bool writes;           /* the entry is a regular file and takes data */
    bool changed;          /* for TREE_MERGED: mode or owner changed */
    enum tree_quirk quirk;
};

struct tree_stat {
    uint32_t mode; /* with the type, as in newc */
    uint32_t uid;
    uint32_t gid;
    uint32_t special_major; /* of a device, else 0 */
    uint32_t special_minor;
    uint32_t links; /* names; always 1 for a directory */
    uint64_t size_bytes;
    uint32_t crc32;       /* of the data; 0 without with_crc */
    uint16_t machine;     /* e_machine of an ELF file, else 0 */
    bool is_cut;          /* the image ended before its data was complete */
    bool mentions;        /* its data contains the needle of struct tree_options */
    bool lost_data;       /* with as_linux_4: data of a hard link to it was skipped */
    unsigned int segment; /* the last one that wrote it; 0 for the kernel's own */
    const char *target;   /* of a symbolic link, else NULL; owned by the tree */
};

/* The limit that ended the simulation. */
enum tree_limit {
    TREE_LIMIT_NONE,
    TREE_LIMIT_NAMES,  /* memory_bytes */
    TREE_LIMIT_STEPS,  /* steps */
    TREE_LIMIT_MEMORY, /* malloc(3) failed */
};

struct tree_options {
    size_t memory_bytes;     /* the memory of the whole tree; TREE_FULL beyond it */
    uint64_t steps;          /* the limit of the work (tree_private.h); TREE_FULL beyond it; 0: none */
    uint64_t key[2];         /* of the hash tables; random, so that no image can cause collisions on purpose */
    bool as_linux_4;         /* follow Linux 4.4 and 4.9 where kernels differ (enum tree_quirk) */
    bool with_crc;           /* compute crc32 of each file */
    const char *needle_file; /* the name of the files to search; not copied; NULL: none */
    const char *needle;      /* the text to search for; not copied */
};

/*
 * Creates a tree with the kernel's own files: /dev, /dev/console and /root (usr/default_cpio_list). The caller calls
 * tree_free. Returns NULL without memory.
 */
struct tree *tree_new(const struct tree_options *options);

/* NULL is allowed. */
void tree_free(struct tree *tree);

/* Applies one entry of the segment with that number. If the result has `writes`, tree_data and tree_data_end follow. */
struct tree_result tree_apply(struct tree *tree, const struct archive_entry *entry, unsigned int segment);

/* Takes the next size bytes of the file's data. */
void tree_data(struct tree *tree, const unsigned char *bytes, size_t size);

/* Ends the data of the file. */
void tree_data_end(struct tree *tree);

/* Ends the image. A file whose data is not complete becomes is_cut. */
void tree_end(struct tree *tree);

/* Handles a TRAILER!!!: forgets the inode numbers of hard links. */
void tree_trailer(struct tree *tree);

/* Returns the limit that was exceeded. */
enum tree_limit tree_limit(const struct tree *tree);

/* Looks up a path from the root. `follow`: follows the last symbolic link too. Sets *inode if it returns TREE_OK. */
enum tree_error tree_lookup(const struct tree *tree, const char *path, bool follow, tree_id *inode);

/* Fills *out for an inode of tree_lookup or tree_walk. */
void tree_stat(const struct tree *tree, tree_id inode, struct tree_stat *out);

/*
 * Calls visit for each name, parents first, sorted by bytes within a directory. path is relative to the root, without a
 * leading slash, and valid during the call. Leaves out the contents of a directory whose path has NEWC_PATH_MAX bytes
 * or more: no system call can name them, and listing a deep tree would take quadratic time. Ends when visit returns
 * another value than 0, and returns that value. Returns -1 without memory, else 0.
 */
int tree_walk(const struct tree *tree,
              int (*visit)(void *context, const char *path, tree_id inode, const struct tree_stat *stat),
              void *context);

/* Returns the number of names, without the root. */
uint64_t tree_names(const struct tree *tree);

/* Returns one clause, a constant, such as "the name is a directory". --porcelain prints it, too. */
const char *tree_error_text(enum tree_error error);

/* Returns the word for --porcelain, such as "rewritten". */
const char *tree_effect_word(enum tree_effect effect);

#endif
