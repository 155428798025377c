/* SPDX-License-Identifier: MIT */
#include "say.h"

#include "../../agent/common/text.h"
#include "../host/host.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define PROGRAM "usermount-pack"
#define REASON_BYTES 1024

/* Prints "OBJECT: reason" and a newline. Both may contain untrusted text, so both are escaped. */
static void __attribute__((format(printf, 2, 0)))
say_reason(const char *object, const char *format, va_list arguments) {
    char text[REASON_BYTES];

    vsnprintf(text, sizeof(text), format, arguments);
    say_plain(stderr, object);
    fputs(": ", stderr);
    say_plain(stderr, text);
    fputc('\n', stderr);
}

int say_error(int code, const char *verb, const char *object, const char *format, ...) {
    va_list arguments;

    fprintf(stderr, PROGRAM ": unable to %s ", verb);
    va_start(arguments, format);
    say_reason(object, format, arguments);
    va_end(arguments);
    return code;
}

void say_warning(const char *object, const char *format, ...) {
    va_list arguments;

    fputs(PROGRAM ": warning: ", stderr);
    va_start(arguments, format);
    say_reason(object, format, arguments);
    va_end(arguments);
}

int say_image_error(const struct image_error *error) {
    const char *hint = host_hint(error->error);

    if (error->error == EBUSY && strcmp(error->action, "lock") == 0) {
        if (error->holder > 0)
            return say_error(SAY_REFUSED, error->action, error->object,
                             "another usermount-pack is using it (process %ld)", error->holder);
        return say_error(SAY_REFUSED, error->action, error->object, "another usermount-pack is using it");
    }
    if (error->error == EACCES && strcmp(error->action, "follow") == 0)
        return say_error(SAY_REFUSED, error->action, error->object,
                         "another user owns the link, and anybody may write to its folder");
    if (error->error == EINVAL && strcmp(error->action, "replace") == 0)
        return say_error(SAY_REFUSED, error->action, error->object, "not a regular file; nothing was written");
    if (error->error == ESTALE)
        return say_error(SAY_REFUSED, error->action, error->object,
                         "another program changed it during the run; nothing was written");
    if (error->error == EINVAL && strcmp(error->action, "read") == 0)
        return say_error(SAY_BAD_IMAGE, error->action, error->object, "not a regular file");
    if (error->error == EISDIR)
        return say_error(SAY_BAD_IMAGE, error->action, error->object, "%s", strerror(EISDIR));
    return say_error(SAY_SYSTEM, error->action, error->object, "%s%s%s", strerror(error->error), hint ? "; " : "",
                     hint ? hint : "");
}

void say_fault(FILE *out, const struct segment_fault *fault) {
    if (fault->segment)
        fprintf(out, "segment %u (%s) ", fault->segment, segment_kind_name(fault->kind));
    fprintf(out, "at byte %" PRIu64, fault->offset);
    if (fault->is_inside)
        fprintf(out, ", unpacked byte %" PRIu64, fault->inside_bytes);
    if (fault->path) {
        fputs(", /", out);
        say_plain(out, fault->path[0] == '/' ? fault->path + 1 : fault->path);
    }
    fprintf(out, ": %s", fault_text(fault->fault));
}

static void say_escaped(FILE *out, const char *text, const char *special) {
    for (size_t length; *text; text += length ? length : 1) {
        length = strchr(special, *text) ? 0 : text_visible(text);
        if (length)
            fwrite(text, 1, length, out);
        else
            fprintf(out, "\\%03o", (unsigned int)(unsigned char)*text);
    }
}

void say_word(FILE *out, const char *text) {
    say_escaped(out, text, " =\\");
}

void say_plain(FILE *out, const char *text) {
    say_escaped(out, text, "");
}

const char *say_size(uint64_t bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    static char texts[4][32];
    static unsigned int next;
    char *text = texts[next++ % 4];
    double amount = (double)bytes;
    size_t unit = 0;

    while (amount >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0])) {
        amount /= 1024;
        unit++;
    }
    snprintf(text, sizeof(texts[0]), unit ? "%.1f %s" : "%.0f %s", amount, units[unit]);
    return text;
}
