/* SPDX-License-Identifier: MIT */
/*
 * journal: the watcher's log, one line an event, for people or for scripts. Edge: writes to standard output.
 */
#ifndef PACKER_EVENTS_JOURNAL_H
#define PACKER_EVENTS_JOURNAL_H

#include "guest.h"
#include "place.h"
#include "watched.h"

#include <stdint.h>

struct journal {
    bool is_porcelain;
};

void journal_listens(const struct journal *journal, unsigned port, const struct place *places, size_t count);
void journal_greeted(const struct journal *journal, const struct guest *guest);

/* `why` is a clause, such as "it hung up"; `word` says the same to scripts. */
void journal_gone(const struct journal *journal, const struct guest *guest, const char *word, const char *why);
void journal_refused(const struct journal *journal, unsigned version);
void journal_full(const struct journal *journal, uint64_t times);
void journal_state(const struct journal *journal, const struct watched *watched);
void journal_ends(const struct journal *journal);

#endif
