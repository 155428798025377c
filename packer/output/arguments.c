/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <string.h>

struct option {
    const char *name;   /* "--set", or "-o" */
    const char *value;  /* the name of its value; NULL if it has none */
    unsigned int verbs; /* the verbs that accept it */
    size_t offset;      /* of its field: a const char *, a bool, or a list of const char * */
    size_t count;       /* for a list, the offset of its length; else 0 */
    const char *help;
};

#define AT(field) offsetof(struct arguments, field)

static const struct option options[] = {
    {"--set", "KEY=VALUE", ARGUMENTS_ADD, AT(set), AT(set_count), "set a key in the configuration; may be repeated"},
    {"--config", "FILE", ARGUMENTS_ADD | ARGUMENTS_DOCTOR, AT(config), 0,
     "use this configuration, not the standard one"},
    {"--agent", "FILE", ARGUMENTS_ADD, AT(agent), 0, "use this agent, not the installed one"},
    {"--gzip", NULL, ARGUMENTS_ADD, AT(gzip), 0, "compress the added segment"},
    {"--no-backup", NULL, ARGUMENTS_ADD, AT(no_backup), 0, "do not keep IMAGE.orig"},
    {"--force", NULL, ARGUMENTS_ADD, AT(force), 0, "pack even an image without OpenRC or NFS"},
    {"--if-needed", NULL, ARGUMENTS_ADD, AT(if_needed), 0, "do nothing if the image already holds this agent"},
    {"--fix", NULL, ARGUMENTS_DOCTOR, AT(fix), 0, "add the missing lines, between marker lines"},
    {"--unfix", NULL, ARGUMENTS_DOCTOR, AT(unfix), 0, "remove the lines that --fix added"},
    {"--root", "DIR", ARGUMENTS_DOCTOR, AT(root), 0, "check the Mac's files below DIR"},
    {"-o", "OUT", ARGUMENTS_ADD | ARGUMENTS_REMOVE, AT(out), 0, "write to OUT and leave IMAGE alone"},
    {"--port", "N", ARGUMENTS_EVENTS, AT(port), 0, "listen on 127.0.0.1:N instead of port 20490"},
    {"--exclude", "PATTERN", ARGUMENTS_EVENTS, AT(exclude), AT(exclude_count), "ignore these folders; may be repeated"},
    {"--list", NULL, ARGUMENTS_INSPECT, AT(list), 0, "list every file as the kernel unpacks it"},
    {"--porcelain", NULL, ARGUMENTS_ALL, AT(porcelain), 0, "print key=value lines for scripts"},
    {"--help", NULL, ARGUMENTS_ALL, AT(help), 0, "show this help"},
};

#define OPTION_COUNT (sizeof(options) / sizeof(options[0]))

/* Finds an option of the verb. For the form --name=value, sets *value. */
static const struct option *find(const char *word, enum arguments_verb verb, const char **value) {
    size_t length = strcspn(word, "=");
    bool is_long = word[1] == '-';

    *value = NULL;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];

        if (!(option->verbs & verb))
            continue;
        if (strcmp(option->name, word) == 0)
            return option;
        if (is_long && option->value && strlen(option->name) == length && word[length] == '=' &&
            strncmp(option->name, word, length) == 0) {
            *value = word + length + 1;
            return option;
        }
    }
    return NULL;
}

/* Appends a word to a list. Returns false if the list is full. */
static bool append(const char **words, size_t *count, const char *word, const char **why) {
    if (*count == ARGUMENTS_SET_MAX) {
        *why = "at most 64 are allowed";
        return false;
    }
    words[(*count)++] = word;
    return true;
}

static bool store(struct arguments *arguments, const struct option *option, const char *value, const char **why) {
    char *field = (char *)arguments + option->offset;
    bool yes = true;

    if (option->count)
        return append((const char **)(void *)field, (size_t *)(void *)((char *)arguments + option->count), value, why);
    if (option->value)
        memcpy(field, &value, sizeof(value));
    else
        memcpy(field, &yes, sizeof(yes));
    return true;
}

static bool take_word(struct arguments *arguments, enum arguments_verb verb, const char *word, const char **why) {
    if (verb == ARGUMENTS_EVENTS)
        return append(arguments->exports, &arguments->export_count, word, why);
    if (arguments->image) {
        *why = "more than one image";
        return false;
    }
    arguments->image = word;
    return true;
}

bool arguments_read(struct arguments *arguments, enum arguments_verb verb, int argc, char **argv, const char **why,
                    const char **what) {
    bool only_words = false;

    *arguments = (struct arguments){0};
    for (int i = 0; i < argc; i++) {
        const struct option *option;
        const char *value;

        *what = argv[i];
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
            continue;
        }
        if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
            if (!take_word(arguments, verb, argv[i], why))
                return false;
            continue;
        }
        option = find(argv[i], verb, &value);
        if (!option) {
            *why = "unknown option";
            return false;
        }
        if (option->value && !value) {
            if (i + 1 == argc) {
                *why = "the value is missing";
                return false;
            }
            value = argv[++i];
        }
        if (!store(arguments, option, value, why))
            return false;
    }
    return true;
}

void arguments_help(enum arguments_verb verb, FILE *out) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &options[i];
        int width = 20 - (int)strlen(option->name);

        if (option->verbs & verb)
            fprintf(out, "  %s %-*s %s\n", option->name, width, option->value ? option->value : "", option->help);
    }
}
