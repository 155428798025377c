/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "heard.h"

#include "../system/clock.h"
#include "tell.h"
#include "../system/log.h"

#include <stdlib.h>
#include <string.h>

/* Logs the mount, unless the log has it as behind already. */
static void take_end(struct containers_crew *crew, struct containers_seen now, const char *line) {
    if (containers_remember(&crew->memory, now) != 1 && line[0])
        log_line(now.behind ? LOGLEVEL_WARN : LOGLEVEL_INFO, line);
}

void containers_heard_try(struct containers_crew_member *member, uint32_t id, const char *line) {
    free(member->tried);
    member->tried = line ? strdup(line) : NULL;
    member->tried_id = member->tried ? id : 0;
}

/* Takes a line of tell.h, such as "b 110 0 mount=…". */
static void take_line(struct containers_crew *crew, struct containers_crew_member *member, struct text line) {
    char letter = line.len > 0 ? line.at[0] : '\0';
    uint64_t mounts = member->visit.mounts, id = 0, made = 0;

    text_cut(&line, ' ');
    text_u64(text_cut(&line, ' '), UINT32_MAX, &id);
    text_u64(text_cut(&line, ' '), UINT32_MAX, &made);
    if (letter == CONTAINERS_LINE_TRY) {
        containers_heard_try(member, (uint32_t)id, line.at);
        if (member->push == CONTAINERS_UNPUSHED)
            member->until_us = clock_us() + CONTAINERS_BIND_US;
        return;
    }
    bool again = letter == CONTAINERS_LINE_AGAIN, behind = again || letter == CONTAINERS_LINE_BEHIND;
    containers_heard_try(member, 0, NULL);
    if (made)
        containers_remember(&crew->memory, (struct containers_seen){.mounts = mounts, .id = (uint32_t)made});
    if (letter == CONTAINERS_LINE_HEALED)
        crew->healed++;
    take_end(crew, (struct containers_seen){.mounts = mounts, .id = (uint32_t)id, .behind = behind, .again = again},
             line.at ? line.at : "");
}

void containers_heard_lines(struct containers_crew *crew, struct containers_crew_member *member) {
    char *line = member->text, *end;

    while (line && (end = memchr(line, '\n', member->len - (size_t)(line - member->text)))) {
        *end = '\0';
        take_line(crew, member, (struct text){line, (size_t)(end - line)});
        line = end + 1;
    }
    if (!line)
        return;
    member->len -= (size_t)(line - member->text);
    memmove(member->text, line, member->len);
}

/* `tried` is the line of one mount; NULL: of the whole namespace. */
static void tell(struct containers_crew *crew, const struct containers_visit *visit, const char *tried,
                 struct containers_seen now, struct containers_outcome outcome) {
    char line[9000] = "";
    struct text_out out = text_out(line, sizeof line);

    if (tried)
        text_put(&out, tried);
    else
        containers_tell_namespace(visit, &out);
    containers_tell_cause(&out, &outcome);
    take_end(crew, now, line);
}

void containers_heard_end(struct containers_crew *crew, const struct containers_crew_member *member,
                          enum containers_end end) {
    const struct containers_seen now = {
        .mounts = member->visit.mounts,
        .id = end == CONTAINERS_STUCK ? 0 : member->tried_id,
        .behind = true,
        .again = member->tried && (end == CONTAINERS_LATE_ANSWER || end == CONTAINERS_KILLED),
    };

    tell(crew, &member->visit, member->tried, now, containers_say(end));
}

void containers_heard_nothing(struct containers_crew *crew, const struct containers_visit *visit,
                              struct containers_outcome outcome) {
    tell(crew, visit, NULL, (struct containers_seen){.mounts = visit->mounts, .behind = true}, outcome);
}
