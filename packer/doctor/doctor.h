/* SPDX-License-Identifier: MIT */
/*
 * doctor: the structures and functions that the parts of `doctor` share. README.md lists the parts. Only these files
 * and cmd_doctor.c include it.
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
    const char *path; /* on the Mac */
    char *text;       /* owned; NULL if the file is missing */
    size_t size;
};

struct doctor {
    const struct arguments *arguments;
    struct mac mac;
    struct mac_user user;
    char macos[32]; /* "10.12.6", or "" */
    struct macfiles_version version;
    struct mac_world names; /* users, groups, hosts, folders and volumes */
    struct doctor_file exports;
    struct doctor_file nfsconf;
    char nfsd[MAC_PATH_BYTES];   /* the path of the program; "" if it is missing */
    struct program_answer check; /* the output of nfsd checkexports */
    int check_error;             /* 0, or the error of program_run */
    struct config *config;       /* the configuration whose mounts are checked; owned */
    struct image image;          /* Docker's image; fd is -1 if it cannot be opened */
    struct image_error image_error;
    struct packed packed;
    uint32_t line_number; /* the last line of doctor_line */
    size_t line_offset;   /* its offset in the exports */
    bool is_wrong;        /* a finding of level DOCTOR_WRONG was printed */
};

enum doctor_level { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_WRONG };

/* A finding, without its text. */
struct doctor_finding {
    enum doctor_level level;
    const char *check; /* a stable word for scripts */
    const char *file;  /* a path of the Mac, or NULL */
    uint32_t line;     /* from 1; 0: the whole file */
    const char *fix;   /* what to do, or NULL */
    const char *facts; /* further "key=value" words, for --porcelain only; or NULL */
};

/* Prints a finding on one line. Sets doctor->is_wrong for DOCTOR_WRONG. */
void doctor_say(struct doctor *doctor, const struct doctor_finding *finding, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reads everything that the findings depend on. Prints its own errors. Returns the exit code. */
int doctor_gather(struct doctor *doctor);

/* say_image_error with hints for the Mac's files. */
int doctor_say_error(const struct doctor *doctor, const struct image_error *error);

/* Reads a file again. A missing file is no error. Prints its own errors. Returns the exit code. */
int doctor_read(struct doctor *doctor, struct doctor_file *file);

/* True if the mount's server is this Mac. */
bool doctor_is_ours(const struct config_mount *mount);

/* Writes the user's "UID:GID" to out of size bytes. Returns false if the user is unknown or root. */
bool doctor_mapping(const struct doctor *doctor, char *out, size_t size);

/* What is wrong with the options of an export. */
struct doctor_flaw {
    enum doctor_level level; /* DOCTOR_OK: nothing */
    char text[256];
    char fix[128];
};
void doctor_flaw(const struct doctor *doctor, const struct exports_entry *entry, struct doctor_flaw *flaw);

/* Runs nfsd with up to four words, which end with NULL. Returns the value of program_run. */
int doctor_ask_nfsd(const struct doctor *doctor, const char *const words[], struct program_answer *answer);

/* Runs nfsd checkexports, and stores its answer in doctor->check. */
void doctor_check_exports(struct doctor *doctor);

/*
 * Takes the next complaint from the output of checkexports: "exports:12: ...", or a line without a number. Skips the
 * message that nfsd is not running. Returns a text with `at` NULL at the end.
 */
struct text doctor_complaint(struct text *rest);

/*
 * Returns the number of the line that nfsd ignores because of a complaint, or 0: nfsd serves a line in spite of a
 * warning. Sets *message to the complaint without file and number.
 */
uint32_t doctor_voided_line(struct text complaint, struct text *message);

/*
 * Parses and judges exports of size bytes. is_asked: also ignores the lines that nfsd checkexports rejected. Returns 0
 * or -ENOMEM. The caller frees *file and *view in either case.
 */
int doctor_judge(struct doctor *doctor, const char *text, size_t size, bool is_asked, struct exports_mac *file,
                 struct exports_view *view);

/* Checks a folder by the rule of exports(5): it exists, and its path contains no symbolic link. */
enum exports_folder doctor_folder(const struct doctor *doctor, const char *dir);

/* A setting of nfs.conf that Docker's VM depends on. */
struct doctor_setting {
    const char *key;
    const char *line;      /* the line for --fix, with its newline */
    bool is_wrong_missing; /* the default is wrong */
    int64_t wanted;        /* 0, or 1 for any other number */
    const char *why;       /* what happens otherwise */
};
extern const struct doctor_setting doctor_settings[];
extern const size_t doctor_setting_count;

/* True if the text has the right value. Sets *line to the number of the setting's last line, or to 0. */
bool doctor_setting_is_right(const struct doctor_setting *setting, const char *text, size_t size, uint32_t *line);

/* Reports for each mount whether, and how, its export is served. */
void doctor_look_at_wants(struct doctor *doctor, const struct exports_view *view);

/* Returns a line of the exports by its number, from 1. Fast for rising numbers. */
struct text doctor_line(struct doctor *doctor, uint32_t number);

/* Reports lines of other tools, and letters that nfsd does not understand. */
void doctor_look_at_lines(struct doctor *doctor);

/* Finds an unquoted path with blanks in a line, and writes it with quotes to quoted of size bytes. False: none. */
bool doctor_spaced_path(struct doctor *doctor, uint32_t number, char *quoted, size_t size);

/* Report all findings about one subject. The first returns SAY_DONE or an exit code, and prints its own errors. */
int doctor_look_at_exports(struct doctor *doctor);
void doctor_look_at_system(struct doctor *doctor);
void doctor_look_at_nfsd(struct doctor *doctor);
void doctor_look_at_docker(struct doctor *doctor);
void doctor_look_at_events(struct doctor *doctor);

/* Run --fix and --unfix, and print what they changed. Return the exit code. */
int doctor_fix(struct doctor *doctor);
int doctor_unfix(struct doctor *doctor);

#endif
