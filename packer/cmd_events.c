/* SPDX-License-Identifier: MIT */
#include "cmd.h"

#include "../agent/stream/stream_path.h"
#include "events/holder.h"
#include "events/server.h"
#include "output/say.h"

#include <errno.h>
#include <string.h>

/* Programs write to each user's Library all the time, and nobody edits there. */
static const char *const default_pattern = "*/Library";
static const char *const default_export = "/Users";

static int read_port(const char *word, unsigned *port) {
    uint64_t value = STREAM_PORT;

    if (word && (!text_u64(text_of(word), 65535, &value) || value == 0))
        return say_error(SAY_USAGE, "use --port", word, "a port is a number from 1 to 65535");
    *port = (unsigned)value;
    return SAY_DONE;
}

static int read_patterns(const struct arguments *arguments, struct exclude *exclude) {
    for (size_t i = 0; i < arguments->exclude_count; i++) {
        struct text pattern = text_of(arguments->exclude[i]);

        if (text_is(pattern, "none"))
            continue;
        if (!stream_path_relative(pattern))
            return say_error(SAY_USAGE, "use --exclude", arguments->exclude[i],
                             "a pattern is a path below the export, such as */Library; \"none\" excludes nothing");
        exclude->patterns[exclude->count++] = pattern;
    }
    if (arguments->exclude_count == 0)
        exclude->patterns[exclude->count++] = text_of(default_pattern);
    return SAY_DONE;
}

static int read_places(const struct arguments *arguments, struct place places[PLACES_MAX], size_t *count) {
    if (arguments->export_count > PLACES_MAX)
        return say_error(SAY_USAGE, "serve", arguments->exports[PLACES_MAX], "at most %u exports are allowed",
                         PLACES_MAX);
    for (size_t i = 0; i < arguments->export_count; i++) {
        const char *why = place_read(arguments->exports[i], &places[i]);

        if (why)
            return say_error(SAY_USAGE, "serve", arguments->exports[i], "%s", why);
    }
    *count = arguments->export_count;
    if (*count == 0)
        place_read(default_export, &places[(*count)++]);
    return SAY_DONE;
}

static int refuse_port(unsigned port, int error) {
    char where[32], who[256];
    struct text_out out = text_out(where, sizeof where), name = text_out(who, sizeof who);

    text_putf(&out, "127.0.0.1:%u", port);
    if (error != EADDRINUSE)
        return say_error(SAY_SYSTEM, "listen on", where, "%s", strerror(error));
    if (!holder_find(port, &name))
        text_put(&name, "another program");
    if (holder_ask(port) == HOLDER_WATCHER)
        return say_error(SAY_SYSTEM, "listen on", where, "usermount-pack events is already running: %s", who);
    return say_error(SAY_SYSTEM, "listen on", where,
                     "%s uses the port; stop it, or choose another port with --port and events_port", who);
}

int cmd_events(const struct arguments *arguments) {
    static struct place places[PLACES_MAX];
    static struct exclude exclude;
    static struct hub hub;
    static struct journal journal;
    unsigned port = 0;
    int listener, rc, code = read_port(arguments->port, &port);

    if (!code)
        code = read_patterns(arguments, &exclude);
    if (!code)
        code = read_places(arguments, places, &hub.place_count);
    if (code)
        return code;
    journal.is_porcelain = arguments->porcelain;
    hub.places = places;
    hub.exclude = &exclude;
    hub.exclude_root = text_of(arguments->exclude_count == 0 ? default_export : "");
    hub.journal = &journal;
    listener = server_listen(port);
    if (listener < 0)
        return refuse_port(port, -listener);
    journal_listens(&journal, port, places, hub.place_count);
    rc = server_run(&hub, listener);
    if (rc < 0)
        return say_error(SAY_SYSTEM, "serve", "the events", "%s", strerror(-rc));
    journal_ends(&journal);
    return SAY_DONE;
}
