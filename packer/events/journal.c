/* SPDX-License-Identifier: MIT */
#include "journal.h"

#include "../output/say.h"
#include "watch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>

#define LINES_A_MINUTE 300u /* strangers must not fill the disk */

/* Prints the beginning of a line. Scripts get milliseconds. */
static void put_time(const struct journal *journal, const char *event) {
    struct timeval now = {0};
    struct tm parts;
    char text[32];

    gettimeofday(&now, NULL);
    if (!gmtime_r(&now.tv_sec, &parts) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts) == 0)
        text[0] = '\0';
    if (journal->is_porcelain)
        printf("ts=%s.%03dZ event=%s", text, (int)now.tv_usec / 1000, event);
    else
        printf("%sZ ", text);
}

static void end(void);

/* Begins a line. Returns false if there were too many in this minute: the line is only counted. */
static bool begin(const struct journal *journal, const char *event) {
    static time_t minute;
    static unsigned lines;
    time_t now = time(NULL) / 60;
    unsigned skipped = lines > LINES_A_MINUTE ? lines - LINES_A_MINUTE : 0;

    if (now != minute) {
        minute = now;
        lines = 0;
        if (skipped > 0) {
            put_time(journal, "skipped");
            printf(journal->is_porcelain ? " lines=%u" : "left out %u lines: too many at once", skipped);
            end();
        }
    }
    if (++lines > LINES_A_MINUTE)
        return false;
    put_time(journal, event);
    return true;
}

/* Errors are ignored: the watcher continues if nobody reads its log, or if the disk is full. */
static void end(void) {
    putchar('\n');
    fflush(stdout);
    clearerr(stdout);
}

static void say_text(const struct journal *journal, struct text text) {
    char copy[STREAM_PATH_BYTES + 1];

    if (!text_copy(text, copy, sizeof copy))
        return;
    if (journal->is_porcelain)
        say_word(stdout, copy);
    else
        say_plain(stdout, copy);
}

void journal_listens(const struct journal *journal, unsigned port, const struct place *places, size_t count) {
    if (!begin(journal, "listens"))
        return;
    if (!journal->is_porcelain)
        printf("listens on 127.0.0.1:%u for guests of", port);
    else
        printf(" port=%u", port);
    for (size_t i = 0; i < count; i++) {
        fputs(journal->is_porcelain ? " export=" : i ? ", " : " ", stdout);
        say_text(journal, places[i].export);
        if (places[i].folder.at == places[i].export.at)
            continue;
        fputs(journal->is_porcelain ? " folder=" : " in ", stdout);
        say_text(journal, places[i].folder);
    }
    end();
}

void journal_greeted(const struct journal *journal, const struct guest *guest) {
    if (!begin(journal, "guest"))
        return;
    printf(journal->is_porcelain ? " guest=%u" : "guest %u asks for", guest->number);
    for (size_t i = 0; i < guest->export_count; i++) {
        fputs(journal->is_porcelain ? " export=" : i ? ", " : " ", stdout);
        say_text(journal, text_of(guest->exports[i].name));
        if (!guest->exports[i].watched)
            fputs(journal->is_porcelain ? " served=no" : " (not served)", stdout);
    }
    end();
}

void journal_gone(const struct journal *journal, const struct guest *guest, const char *word, const char *why) {
    if (!begin(journal, "gone"))
        return;
    if (journal->is_porcelain)
        printf(" guest=%u why=%s records=%" PRIu64 " overflows=%" PRIu64, guest->number, word, guest->told,
               guest->overflows);
    else
        printf("guest %u is gone: %s; it was told of %" PRIu64 " edits", guest->number, why, guest->told);
    end();
}

void journal_refused(const struct journal *journal, unsigned version) {
    if (!begin(journal, "version"))
        return;
    printf(journal->is_porcelain ? " version=%u known=%u" : "a guest speaks version %u; this watcher speaks %u",
           version, STREAM_VERSION);
    end();
}

void journal_full(const struct journal *journal, uint64_t times) {
    if (!begin(journal, "full"))
        return;
    printf(journal->is_porcelain ? " times=%" PRIu64 : "sent away %" PRIu64 " more guests than there is room for",
           times);
    end();
}

void journal_state(const struct journal *journal, const struct watched *watched) {
    static const char *const words[STREAM_STATES] = {"watched", "missing", "unknown", "failed"};
    static const char *const texts[STREAM_STATES] = {"watches ", "there is no folder ", "", "unable to watch "};
    const char *hint = watched->error ? watch_hint(watched->error) : NULL;

    if (!begin(journal, "state"))
        return;
    if (journal->is_porcelain)
        printf(" state=%s folder=", words[watched->state]);
    else
        fputs(texts[watched->state], stdout);
    say_text(journal, text_of(watched->asked));
    if (watched->error && journal->is_porcelain)
        printf(" errno=%d", watched->error);
    else if (watched->error)
        printf(": %s%s%s", strerror(watched->error), hint ? "; " : "", hint ? hint : "");
    end();
}

void journal_ends(const struct journal *journal) {
    if (!begin(journal, "ends"))
        return;
    if (!journal->is_porcelain)
        fputs("ends", stdout);
    end();
}
