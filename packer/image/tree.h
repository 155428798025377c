/* SPDX-License-Identifier: MIT */
/*
 * tree: the root file system the kernel would have built from the entries so far. Pure; nothing is
 * ever written to a disk. It follows the system calls behind init/initramfs.c: a file over a file
 * is rewritten in place, a directory over a link deletes the link, anything over a directory that
 * is not empty is dropped, a missing parent drops the entry, links in a path are followed.
 * Sources: init/initramfs.c do_name() and do_symlink(); path_resolution(7); fs/namei.c.
 */
#ifndef PACKER_TREE_H
#define PACKER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "archive.h"
#include "sniff.h"

struct tree;

/* An index of an inode; it stays valid and is never used anew, also when the last name is gone. */
typedef uint32_t tree_id;

#define TREE_NONE 0u
#define TREE_ROOT 1u

/* Why an entry changed less than it asked for. */
enum tree_error {
    TREE_OK,
    TREE_NO_ENTRY,      /* a parent, or what a hard link leads to, is missing */
    TREE_NOT_DIRECTORY, /* a parent is not a directory */
    TREE_IS_DIRECTORY,  /* the name is a directory and stays one */
    TREE_NOT_EMPTY,     /* the same, as it is not empty */
    TREE_EXISTS,
    TREE_LOOP,          /* more than 40 links on the way */
    TREE_NAME_TOO_LONG, /* a part over 255 bytes, or a path or target of 4096 and more */
    TREE_FULL,          /* our own limit: the tree is not to be relied on any more */
};

/* What an entry did. */
enum tree_effect {
    TREE_CREATED,
    TREE_REWRITTEN, /* in place: hard links to the old file see the new data */
    TREE_REPLACED,  /* what was there, of another type or a link, was deleted first */
    TREE_MERGED,    /* only mode and owner of what was there changed */
    TREE_LINKED,    /* a further name of an earlier file of the same inode number */
    TREE_DELETED,   /* what was there was deleted, and nothing came in its place */
    TREE_DROPPED,   /* nothing changed */
};

/*
 * Where kernels differ. The further names of a file take the place of what has such a name already; Linux 4.4 and 4.9
 * say EEXIST then, and skip the entry with its data.
 */
enum tree_quirk {
    TREE_QUIRK_NONE,
    TREE_QUIRK_EXISTS,   /* something else has the name, or the file itself, and the entry brings data */
    TREE_QUIRK_REPEATED, /* the first name once more: later kernels delete it, and then cannot link to it */
};

struct tree_result {
    enum tree_effect effect;
    enum tree_error error; /* for TREE_DELETED and TREE_DROPPED */
    tree_id inode;         /* what is there now, or TREE_NONE */
    unsigned int before;   /* segment of what was there before; 0: nothing, or the kernel's own */
    bool existed;          /* something was there before */
    bool writes;           /* a regular file that takes data */
    bool changed;          /* for TREE_MERGED: mode or owner became another */
    enum tree_quirk quirk;
};

struct tree_stat {
    uint32_t mode; /* with type, as in newc */
    uint32_t uid;
    uint32_t gid;
    uint32_t special_major;
    uint32_t special_minor;
    uint32_t links; /* names; for directories always 1 */
    uint64_t size_bytes;
    uint32_t crc32;
    uint16_t machine;     /* ELF e_machine, 0 for others */
    bool is_cut;          /* its data was not complete when the image ended */
    bool mentions;        /* its data holds the needle (see struct tree_options) */
    bool lost_data;       /* a later entry's data for it was skipped: TREE_QUIRK_EXISTS and as_linux_4 */
    unsigned int segment; /* that wrote it last, 0: the kernel's own */
    const char *target;   /* of a symbolic link, else NULL; owned by the tree */
};

/* Our own limits. */
enum tree_limit {
    TREE_LIMIT_NONE, /* none was hit */
    TREE_LIMIT_NAMES,
    TREE_LIMIT_STEPS,
    TREE_LIMIT_MEMORY, /* the system's, not ours */
};

struct tree_options {
    size_t memory_bytes;     /* the limit for everything; past it TREE_FULL */
    uint64_t steps;          /* the limit for tree_steps; past it TREE_FULL; 0: none */
    uint64_t key[2];         /* of the hash tables: chosen by chance, or an image can be made that takes for ever */
    bool as_linux_4;         /* do as Linux 4.4 and 4.9 do where they differ: see enum tree_quirk */
    bool with_crc;           /* compute crc32 of each file */
    const char *needle_file; /* in files of this name ... */
    const char *needle;      /* ... this text is looked for; both live as long as the tree */
};

/*
 * A tree with what every kernel has built in: /dev, /dev/console and /root (usr/default_cpio_list).
 * NULL without memory. The caller frees it with tree_free.
 */
struct tree *tree_new(const struct tree_options *options);
void tree_free(struct tree *tree);

/* What the kernel does for one entry of segment number `segment`. */
struct tree_result tree_apply(struct tree *tree, const struct archive_entry *entry, unsigned int segment);

/* Data for the file of the last tree_apply whose result had `writes`, and its end. */
void tree_data(struct tree *tree, const unsigned char *bytes, size_t size);
void tree_data_end(struct tree *tree);

/* The image ended: a file still lacking data is marked as cut. */
void tree_end(struct tree *tree);

/* A TRAILER!!!: hard links are not followed across it. */
void tree_trailer(struct tree *tree);

/* True once a limit was hit, and which. */
bool tree_is_full(const struct tree *tree);
enum tree_limit tree_limit(const struct tree *tree);

/*
 * The work so far: one step for each part of a path, those of the links on the way as well, more for a part that is
 * long, and for each name what listing its path will cost.
 */
uint64_t tree_steps(const struct tree *tree);

/*
 * Looks up a path from the root, its last link followed when `follow`. Returns TREE_OK and *inode,
 * or the reason why it leads nowhere.
 */
enum tree_error tree_lookup(const struct tree *tree, const char *path, bool follow, tree_id *inode);

/* The facts of an inode that tree_lookup or tree_walk gave. */
void tree_stat(const struct tree *tree, tree_id inode, struct tree_stat *out);

/*
 * Calls visit for each name, parents first, in the byte order of the names of each directory. path
 * is relative to the root, without a leading slash, valid during the call. What lies in a directory whose path has
 * NEWC_PATH_MAX bytes or more is left out: nobody can name it, and the list of a deep tree would be its square. A
 * nonzero answer ends the walk and is returned; -1 without memory.
 */
int tree_walk(const struct tree *tree,
              int (*visit)(void *context, const char *path, tree_id inode, const struct tree_stat *stat),
              void *context);

/* The number of names, without the root. */
uint64_t tree_names(const struct tree *tree);

/* One clause, such as "its parent does not exist". */
const char *tree_error_text(enum tree_error error);

/* A word for scripts, such as "rewritten". */
const char *tree_effect_word(enum tree_effect effect);

#endif
