/* SPDX-License-Identifier: MIT */
/* usermount-pack: the table of verbs, and the help. */
#include "host/cleanup.h"
#include "cmd.h"
#include "output/say.h"
#include "../agent/common/standard.h"

#include <stdio.h>
#include <string.h>

struct verb {
    const char *name;
    enum arguments_verb options;
    int (*run)(const struct arguments *arguments);
    const char *usage;
    const char *summary;
};

static const struct verb verbs[] = {
    {"add", ARGUMENTS_ADD, cmd_add,
     "add [--set KEY=VALUE]... [--config FILE] [--agent FILE]\n"
     "           [--gzip] [--no-backup] [--force] [--if-needed] [-o OUT] [IMAGE]",
     "put the agent into the image, or replace the one in it"},
    {"remove", ARGUMENTS_REMOVE, cmd_remove, "remove [-o OUT] [IMAGE]", "restore the original image, bit for bit"},
    {"status", ARGUMENTS_STATUS, cmd_status, "status [IMAGE]",
     "show whether the image is packed, and with which agent"},
    {"inspect", ARGUMENTS_INSPECT, cmd_inspect, "inspect [--list] [IMAGE]",
     "list the segments and entries that the kernel sees"},
    {"verify", ARGUMENTS_VERIFY, cmd_verify, "verify [IMAGE]", "check the whole image as strictly as any kernel does"},
    {"doctor", ARGUMENTS_DOCTOR, cmd_doctor, "doctor [--fix | --unfix] [--config FILE] [--root DIR]",
     "check the Mac's exports, nfs.conf, nfsd and Docker"},
    {"events", ARGUMENTS_EVENTS, cmd_events,
     "events [--port N] [--exclude PATTERN]... [--porcelain]\n           [EXPORT[=FOLDER]]...",
     "tell guests about edits on this Mac, until interrupted"},
};

#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

static void print_help(FILE *out) {
    fputs("Usage: usermount-pack VERB [OPTIONS] [IMAGE]\n\n"
          "Puts the usermount agent into a ramdisk image such as Docker for Mac's\n"
          "initrd.img.\n\nVerbs:\n",
          out);
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(out, "  %-8s %s\n", verbs[i].name, verbs[i].summary);
    fputs("\nIMAGE defaults to Docker for Mac's; \"-\" is standard input for inspect and\n"
          "verify. `usermount-pack VERB --help` lists the options.\n\n"
          "Exit: 0 done, 1 the answer is no, 2 usage, 3 bad image, 4 the system refused,\n"
          "5 refused, because it could damage the image. Manual: usermount-pack(1)\n",
          out);
}

/* Each summary begins with a lower-case letter of ASCII. */
static int print_verb_help(const struct verb *verb) {
    char first = (char)(verb->summary[0] - 'a' + 'A');

    printf("Usage: usermount-pack %s\n\n%c%s.\n\n", verb->usage, first, verb->summary + 1);
    arguments_help(verb->options, stdout);
    return SAY_DONE;
}

static const struct verb *find_verb(const char *name) {
    for (size_t i = 0; i < VERB_COUNT; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int run_verb(const struct verb *verb, int argc, char **argv) {
    struct arguments arguments;
    const char *why;
    const char *what;
    int code;

    if (!arguments_read(&arguments, verb->options, argc, argv, &why, &what)) {
        say_error(SAY_USAGE, "read", what, "%s", why);
        fprintf(stderr, "Usage: usermount-pack %s\n", verb->usage);
        return SAY_USAGE;
    }
    if (arguments.help)
        return print_verb_help(verb);
    cleanup_install();
    code = verb->run(&arguments);
    /* A truncated report must not look like success. */
    if (fflush(stdout) || ferror(stdout))
        return say_error(SAY_SYSTEM, "write", "standard output", "the report is incomplete");
    return code;
}

int main(int argc, char **argv) {
    const struct verb *verb;

    if (!standard_fill())
        return SAY_SYSTEM; /* standard error may be closed: there is no place for a message */
    if (argc < 2) {
        print_help(stderr);
        return SAY_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return SAY_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("usermount-pack " USERMOUNT_VERSION);
        return SAY_DONE;
    }
    verb = find_verb(argv[1]);
    if (!verb) {
        say_error(SAY_USAGE, "read", argv[1], "unknown verb; see usermount-pack --help");
        return SAY_USAGE;
    }
    return run_verb(verb, argc - 2, argv + 2);
}
