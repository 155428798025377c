/* SPDX-License-Identifier: MIT */
#include "doctor.h"
#include "../output/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define TEXT_BYTES 1024

static const char *const level_words[] = {
    [DOCTOR_OK] = "ok",
    [DOCTOR_NOTE] = "note",
    [DOCTOR_WRONG] = "wrong",
};

static void print_porcelain(const struct doctor_finding *finding, const char *text) {
    printf("finding=%s check=%s", level_words[finding->level], finding->check);
    if (finding->file) {
        fputs(" file=", stdout);
        say_word(stdout, finding->file);
    }
    if (finding->line)
        printf(" line=%" PRIu32, finding->line);
    fputs(" text=", stdout);
    say_word(stdout, text);
    if (finding->fix) {
        fputs(" fix=", stdout);
        say_word(stdout, finding->fix);
    }
    if (finding->facts)
        printf(" %s", finding->facts);
    putchar('\n');
}

static void print_people(const struct doctor_finding *finding, const char *text) {
    printf("%-5s ", level_words[finding->level]);
    if (finding->file) {
        say_plain(stdout, finding->file);
        if (finding->line)
            printf(":%" PRIu32, finding->line);
        fputs(": ", stdout);
    }
    say_plain(stdout, text);
    if (finding->fix) {
        fputs(": ", stdout);
        say_plain(stdout, finding->fix);
    }
    putchar('\n');
}

void doctor_say(struct doctor *doctor, const struct doctor_finding *finding, const char *format, ...) {
    char text[TEXT_BYTES];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (finding->level == DOCTOR_WRONG)
        doctor->is_wrong = true;
    if (doctor->arguments->porcelain)
        print_porcelain(finding, text);
    else
        print_people(finding, text);
}
