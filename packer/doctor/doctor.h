/* SPDX-License-Identifier: MIT */
/*
 * doctor: what the parts of `doctor` share. cmd_doctor.c gathers, findings.c and system.c
 * judge, print.c prints, fix.c changes.
 */
#ifndef PACKER_DOCTOR_DOCTOR_H
#define PACKER_DOCTOR_DOCTOR_H

#include "../../agent/settings/config.h"
#include "../output/arguments.h"
#include "../exports/judge.h"
#include "mac.h"
#include "mac_world.h"
#include "macfiles.h"
#include "../write/packed.h"
#include "../host/program.h"

#define DOCTOR_EXPORTS "/etc/exports"
#define DOCTOR_NFSCONF "/etc/nfs.conf"
#define DOCTOR_FIX "sudo usermount-pack doctor --fix"

/* A text file of the Mac. */
struct doctor_file {
    const char *path; /* the Mac's */
    char *text;       /* owned; NULL when there is none */
    size_t size;
};

struct doctor {
    const struct arguments *arguments;
    struct mac mac;
    struct mac_user user;
    char macos[32]; /* "10.12.6", or "" */
    struct macfiles_version version;
    struct mac_world names; /* what exports can name: users, groups, hosts, folders, volumes */
    struct doctor_file exports;
    struct doctor_file nfsconf;
    char nfsd[MAC_PATH_BYTES];   /* the program; "" when there is none */
    struct program_answer check; /* what nfsd checkexports says of the exports */
    int check_error;             /* -errno: it gave no answer */
    struct config *config;       /* owned: whose mounts the exports are for */
    struct image image;          /* Docker's ramdisk; fd -1 when there is none */
    struct image_error image_error;
    struct packed packed;
    uint32_t line_number; /* of doctor_line: where it was last */
    size_t line_offset;
    bool is_wrong; /* a finding of that level was printed */
};

enum doctor_level { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_WRONG };

/* Where and what a finding is about. */
struct doctor_finding {
    enum doctor_level level;
    const char *check; /* a stable word for scripts */
    const char *file;  /* the Mac's path, or NULL */
    uint32_t line;     /* 0: the whole file */
    const char *fix;   /* what to do, or NULL */
    const char *facts; /* more words "key=value" for scripts alone, or NULL */
};

/* Prints one finding as one line. */
void doctor_say(struct doctor *doctor, const struct doctor_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Read everything that the findings are made from. The exit code. */
int doctor_gather(struct doctor *doctor);

/* As say_image_error, for the Mac's files. */
int doctor_say_error(const struct doctor *doctor, const struct image_error *error);

/* Reads a file anew; ENOENT is no error. The exit code; it has printed why. */
int doctor_read(struct doctor *doctor, struct doctor_file *file);

/* Whether a mount asks this Mac for its files, and not another server. */
bool doctor_is_ours(const struct config_mount *mount);

/* "501:20", of the user; size bytes. False: the user is not known. */
bool doctor_mapping(const struct doctor *doctor, char *out, size_t size);

/* What is wrong with how an entry serves the user's files, as finding (without level for nothing). */
struct doctor_flaw {
    enum doctor_level level; /* DOCTOR_OK: nothing */
    char text[256];
    char fix[128];
};
void doctor_flaw(const struct doctor *doctor, const struct exports_entry *entry, struct doctor_flaw *flaw);

/* Asks nfsd: argv without the program's name, NULL at the end, four words at most. As program_run. */
int doctor_ask_nfsd(const struct doctor *doctor, const char *const words[], struct program_answer *answer);

/* Asks nfsd what it makes of the exports, anew. */
void doctor_check_exports(struct doctor *doctor);

/*
 * The next complaint in what checkexports has written: "exports:12: ...", or a line that names no other. What tells how
 * it went about it, such as that nfsd does not run, is none. at is NULL when there is none.
 */
struct text doctor_complaint(struct text *rest);

/*
 * The line that a complaint voids: one that nfsd only warns of is served all the same. 0: none. *message is what it
 * says of it.
 */
uint32_t doctor_voided_line(struct text complaint, struct text *message);

/* The exports as nfsd takes them: read, judged, and what nfsd itself refuses left out. 0 or -ENOMEM; free both. */
int doctor_judge(struct doctor *doctor, const char *text, size_t size, bool is_asked, struct exports_mac *file,
                 struct exports_view *view);

/* What exports(5) asks of a folder. */
enum exports_folder doctor_folder(const struct doctor *doctor, const char *dir);

/* The settings of nfs.conf that the agent needs, with the value they need. */
struct doctor_setting {
    const char *key;
    const char *line;      /* to be written, with its line feed */
    bool is_wrong_missing; /* the default is not what is needed */
    int64_t wanted;        /* 0, or anything but 0 when it is 1 */
    const char *why;
};
extern const struct doctor_setting doctor_settings[];
extern const size_t doctor_setting_count;
bool doctor_setting_is_right(const struct doctor_setting *setting, const char *text, size_t size, uint32_t *line);

/* Whether the mounts' exports are served, and how. */
void doctor_look_at_wants(struct doctor *doctor, const struct exports_view *view);

/* A line of the exports as it is written, by its number from 1. Quick for rising numbers. */
struct text doctor_line(struct doctor *doctor, uint32_t number);

/* What the lines of the exports look like. */
void doctor_look_at_lines(struct doctor *doctor);

/* A path of that line that is a folder with blanks in its name and has no quotes, with quotes. False: there is none. */
bool doctor_spaced_path(struct doctor *doctor, uint32_t number, char *quoted, size_t size);

/* Every finding about the exports, and about all else. The exit code of a failure, else SAY_DONE. */
int doctor_look_at_exports(struct doctor *doctor);
void doctor_look_at_system(struct doctor *doctor);
void doctor_look_at_nfsd(struct doctor *doctor);
void doctor_look_at_docker(struct doctor *doctor);
void doctor_look_at_events(struct doctor *doctor);

/* --fix and --unfix. The exit code; it has printed what it did. */
int doctor_fix(struct doctor *doctor);
int doctor_unfix(struct doctor *doctor);

#endif
