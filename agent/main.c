/* SPDX-License-Identifier: MIT */
/* usermount: the table of verbs, and the command line. */
#define _GNU_SOURCE
#include "cmd.h"
#include "common/standard.h"

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct verb {
    const char *name;
    const char *operand; /* "" : none */
    bool porcelain;
    int (*run)(const struct cmd_line *line);
    const char *summary;
};

static const struct verb verbs[] = {
    {"start", "", false, cmd_start, "become a daemon; return once mounted, or after `wait`"},
    {"run", "", false, cmd_run, "stay in the foreground, for a supervisor"},
    {"stop", "", false, cmd_stop, "end the daemon and undo its mounts"},
    {"status", "", true, cmd_status, "show one line per mount"},
    {"wait", "[SECONDS]", false, cmd_wait, "return once every mount is up"},
    {"retry", "", false, cmd_retry, "retry at once"},
    {"probe", "[SERVER:/EXPORT]", true, cmd_probe, "diagnose without mounting"},
    {"config", "", true, cmd_config, "show the settings, each with its origin"},
    {"events", "", true, cmd_events, "show the Mac's edits as they come, until interrupted"},
};

enum { VERBS = sizeof verbs / sizeof verbs[0] };

enum { OPTION_CONFIG = 256, OPTION_CMDLINE, OPTION_LOG, OPTION_RUN_DIR, OPTION_PORCELAIN };

static const struct option options[] = {
    {"config", required_argument, NULL, OPTION_CONFIG},
    {"cmdline", required_argument, NULL, OPTION_CMDLINE},
    {"log", required_argument, NULL, OPTION_LOG},
    {"run-dir", required_argument, NULL, OPTION_RUN_DIR},
    {"porcelain", no_argument, NULL, OPTION_PORCELAIN},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static void help(FILE *out) {
    fprintf(out, "Usage: usermount [OPTION]... VERB\n"
                 "Mounts the Mac's folders over NFS at boot, and keeps them mounted.\n\n");
    for (int i = 0; i < VERBS; i++)
        fprintf(out, "  %-6s %-17s %s\n", verbs[i].name, verbs[i].operand, verbs[i].summary);
    fprintf(out, "\n  --config FILE    settings (/etc/usermount.conf)\n"
                 "  --cmdline FILE   kernel command line (/proc/cmdline)\n"
                 "  --log FILE       log (/var/log/usermount.log)\n"
                 "  --run-dir DIR    state (/run/usermount)\n"
                 "  --porcelain      status, config, probe, events: stable lines for scripts\n"
                 "  --help, --version\n\n"
                 "Exit: 0 yes or done, 1 no, 2 usage, 3 not running, 4 bad configuration,\n"
                 "5 the system refused. Manual: usermount(8), usermount.conf(5)\n");
}

/* Fails if standard output is a full disk or a closed pipe. The write may have failed before the flush. */
static int flushed(int code) {
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_YES)
        return cmd_refused("write", "standard output", 0);
    return code;
}

static int run_verb(int argc, char **argv, struct cmd_line *line) {
    if (argc == 0)
        return cmd_usage("missing", "verb");
    for (int i = 0; i < VERBS; i++) {
        if (strcmp(argv[0], verbs[i].name) != 0)
            continue;
        if (argc > 2 || (argc == 2 && !verbs[i].operand[0]))
            return cmd_usage("too many operands after", argv[0]);
        if (line->porcelain && !verbs[i].porcelain)
            return cmd_usage("--porcelain does not apply to", argv[0]);
        line->operand = argc == 2 ? argv[1] : NULL;
        return flushed(verbs[i].run(line));
    }
    return cmd_usage("unknown verb", argv[0]);
}

/* An absolute path, since the daemon changes to /. A path that would be too long stays as it is, and open(2) fails. */
static const char *absolute(const char *path, char *buffer, size_t size) {
    char here[PATH_MAX];

    if (path[0] == '/' || !getcwd(here, sizeof here) || (size_t)snprintf(buffer, size, "%s/%s", here, path) >= size)
        return path;
    return buffer;
}

int main(int argc, char **argv) {
    static char log[PATH_MAX], run_dir[PATH_MAX];
    struct cmd_line line = {
        .config = "/etc/usermount.conf",
        .cmdline = "/proc/cmdline",
        .log = "/var/log/usermount.log",
        .run_dir = "/run/usermount",
    };
    const char **const files[] = {&line.config, &line.cmdline, &line.log, &line.run_dir};
    int option;

    if (!standard_fill())
        return EXIT_SYSTEM; /* no descriptor is open for a message */
    umask(022);             /* everybody may read the log and the state */
    signal(SIGPIPE, SIG_IGN);
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":hV", options, NULL)) != -1) {
        switch (option) {
        case OPTION_CONFIG:
        case OPTION_CMDLINE:
        case OPTION_LOG:
        case OPTION_RUN_DIR:
            *files[option - OPTION_CONFIG] = optarg;
            break;
        case OPTION_PORCELAIN:
            line.porcelain = true;
            break;
        case 'h':
            help(stdout);
            return flushed(EXIT_YES);
        case 'V':
            printf("usermount %s\n", USERMOUNT_VERSION);
            return flushed(EXIT_YES);
        case ':':
            return cmd_usage("missing value for", argv[optind - 1]);
        default:
            return cmd_usage("unknown option", argv[optind - 1]);
        }
    }
    line.log = absolute(line.log, log, sizeof log);
    line.run_dir = absolute(line.run_dir, run_dir, sizeof run_dir);
    return run_verb(argc - optind, argv + optind, &line);
}
