/* SPDX-License-Identifier: MIT */
/*
 * Two invariants: after a stopping fault the sink gets nothing more, and no header can make the reader use more memory.
 */
#include "archive.h"

#include <string.h>

static void report(struct archive *archive, enum fault fault, uint64_t offset) {
    archive->fault(archive->fault_context, fault, offset);
    if (fault_stops(fault))
        archive->state = ARCHIVE_STOPPED;
}

void archive_start(struct archive *archive, const struct archive_sink *sink, archive_fault *fault, void *context) {
    memset(archive, 0, sizeof(*archive));
    archive->sink = sink;
    archive->fault = fault;
    archive->fault_context = context;
    archive_expect_header(archive);
}

void archive_seek(struct archive *archive, uint64_t position) {
    archive->position = position;
}

void archive_expect_header(struct archive *archive) {
    archive->state = ARCHIVE_HEADER;
    archive->have = 0;
    archive->need = NEWC_HEADER_BYTES;
    archive->split = false;
}

/* Copies into buffer until it has `need` bytes. Returns the number of bytes copied. */
static size_t collect(struct archive *archive, unsigned char *buffer, const unsigned char *bytes, size_t size) {
    size_t wanted = archive->need - archive->have;

    if (size < wanted)
        wanted = size;
    memcpy(buffer + archive->have, bytes, wanted);
    archive->have += wanted;
    archive->position += wanted;
    return wanted;
}

/*
 * After SkipIt the kernel continues with next_state. A header that came in two pieces has set that to GotHeader, and
 * the kernel then parses the same header for ever.
 */
static void skip_entry(struct archive *archive, enum fault why) {
    report(archive, archive->split ? FAULT_ASTRAY : why, archive->entry.offset);
    if (archive->state != ARCHIVE_STOPPED)
        archive->state = ARCHIVE_SKIP;
}

/* Decodes the collected header. Returns false if the kernel stops at it. */
static bool decode_header(struct archive *archive, uint64_t offset) {
    bool odd;
    enum newc_magic magic = newc_decode(archive->header, &archive->entry.header, &odd);

    archive->summed = magic == NEWC_MAGIC_CRC;
    if (magic == NEWC_MAGIC_ODC)
        report(archive, FAULT_ODC_MAGIC, offset);
    if (magic == NEWC_MAGIC_NONE)
        report(archive, FAULT_NO_MAGIC, offset);
    if (magic == NEWC_MAGIC_CRC)
        report(archive, FAULT_CRC_MAGIC, offset);
    if (odd)
        report(archive, FAULT_ODD_FIELD, offset);
    return archive->state != ARCHIVE_STOPPED;
}

/* do_header() */
static void take_header(struct archive *archive) {
    const struct newc_header *header = &archive->entry.header;
    uint64_t span;

    archive->entry.offset = archive->position - NEWC_HEADER_BYTES;
    if (!decode_header(archive, archive->entry.offset))
        return;
    archive->entries++;
    span = newc_name_span(header->name_bytes);
    archive->next_header = newc_align(archive->position + span + header->size_bytes);
    if (header->name_bytes == 0 || header->name_bytes > NEWC_PATH_MAX) {
        skip_entry(archive, FAULT_SKIPPED_NAME);
        return;
    }
    if ((header->mode & NEWC_TYPE) == NEWC_SYMLINK) {
        if (header->size_bytes > NEWC_PATH_MAX) {
            skip_entry(archive, FAULT_SKIPPED_TARGET);
            return;
        }
        span += header->size_bytes;
    } else if ((header->mode & NEWC_TYPE) != NEWC_REGULAR && header->size_bytes) {
        skip_entry(archive, FAULT_SKIPPED_BODY);
        return;
    }
    archive->state = ARCHIVE_NAME;
    archive->have = 0;
    archive->need = (size_t)span;
}

static void take_file(struct archive *archive) {
    const struct archive_sink *sink = archive->sink;

    archive->written = sink->entry(sink->context, &archive->entry);
    archive->data_left = archive->written ? archive->entry.header.size_bytes : 0;
    archive->sum = 0;
    /* If the file cannot be opened, the kernel skips its data and does not check the sum. */
    archive->state = archive->written ? ARCHIVE_DATA : ARCHIVE_SKIP;
}

/* do_name() and do_symlink() */
static void take_name(struct archive *archive) {
    const struct archive_sink *sink = archive->sink;
    struct archive_entry *entry = &archive->entry;
    bool link = (entry->header.mode & NEWC_TYPE) == NEWC_SYMLINK;

    archive->state = ARCHIVE_SKIP;
    archive->text[archive->need] = '\0';
    entry->name = (const char *)archive->text;
    entry->target = link ? entry->name + newc_name_span(entry->header.name_bytes) : NULL;
    if (archive->text[entry->header.name_bytes - 1] != '\0') {
        report(archive, FAULT_NAME_UNTERMINATED, entry->offset);
        return;
    }
    if (!link && strcmp(entry->name, NEWC_TRAILER) == 0) {
        archive->trailers++;
        sink->trailer(sink->context);
        return;
    }
    if (*entry->name == '\0')
        report(archive, FAULT_EMPTY_NAME, entry->offset);
    if (link && *entry->target == '\0')
        report(archive, FAULT_EMPTY_TARGET, entry->offset);
    if (link && strlen(entry->target) == NEWC_PATH_MAX)
        report(archive, FAULT_LONG_TARGET, entry->offset);
    if ((entry->header.mode & NEWC_TYPE) == NEWC_REGULAR)
        take_file(archive);
    else
        sink->entry(sink->context, entry);
}

static void end_data(struct archive *archive) {
    archive->sink->data_end(archive->sink->context);
    archive->state = ARCHIVE_SKIP;
    if (archive->summed && archive->sum != archive->entry.header.checksum)
        report(archive, FAULT_CHECKSUM, archive->entry.offset);
}

static size_t take_data(struct archive *archive, const unsigned char *bytes, size_t size) {
    size_t wanted = size < archive->data_left ? size : (size_t)archive->data_left;

    if (wanted)
        archive->sink->data(archive->sink->context, bytes, wanted);
    if (archive->summed)
        for (size_t i = 0; i < wanted; i++)
            archive->sum += bytes[i];
    archive->data_left -= wanted;
    archive->position += wanted;
    if (archive->data_left == 0)
        end_data(archive);
    return wanted;
}

static size_t skip_bytes(struct archive *archive, size_t size) {
    uint64_t wanted = archive->next_header - archive->position;

    if (size < wanted)
        wanted = size;
    archive->position += wanted;
    if (archive->position == archive->next_header)
        archive->state = ARCHIVE_RESET;
    return (size_t)wanted;
}

/* do_reset() */
static size_t skip_padding(struct archive *archive, const unsigned char *bytes, size_t size) {
    size_t count = 0;

    while (count < size && bytes[count] == 0)
        count++;
    archive->position += count;
    if (count < size && archive->position % 4)
        report(archive, FAULT_BROKEN_PADDING, archive->position);
    return count;
}

static size_t take_piece(struct archive *archive, const unsigned char *bytes, size_t size) {
    size_t used = 0;

    switch (archive->state) {
    case ARCHIVE_HEADER:
        used = collect(archive, archive->header, bytes, size);
        if (archive->have == archive->need)
            take_header(archive);
        else
            archive->split = true;
        break;
    case ARCHIVE_NAME:
        used = collect(archive, archive->text, bytes, size);
        if (archive->have == archive->need)
            take_name(archive);
        break;
    case ARCHIVE_DATA:
        used = take_data(archive, bytes, size);
        break;
    case ARCHIVE_SKIP:
        used = skip_bytes(archive, size);
        break;
    case ARCHIVE_RESET:
        used = skip_padding(archive, bytes, size);
        break;
    case ARCHIVE_STOPPED:
        break;
    }
    return used;
}

/* Whether the next state needs no further byte. */
static bool moves_without_bytes(const struct archive *archive) {
    return (archive->state == ARCHIVE_DATA && archive->data_left == 0) ||
           (archive->state == ARCHIVE_SKIP && archive->position == archive->next_header);
}

size_t archive_feed(struct archive *archive, const unsigned char *bytes, size_t size) {
    size_t used = 0;

    while (archive->state != ARCHIVE_STOPPED && (used < size || moves_without_bytes(archive))) {
        bool at_padding = archive->state == ARCHIVE_RESET;

        used += take_piece(archive, bytes + used, size - used);
        if (at_padding)
            break;
    }
    return used;
}

uint64_t archive_missing(const struct archive *archive) {
    switch (archive->state) {
    case ARCHIVE_HEADER:
    case ARCHIVE_NAME:
        return archive->need - archive->have;
    case ARCHIVE_DATA:
    case ARCHIVE_SKIP:
        return archive->next_header - archive->position;
    case ARCHIVE_RESET:
    case ARCHIVE_STOPPED:
        break;
    }
    return 0;
}
