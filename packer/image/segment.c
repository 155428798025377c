/* SPDX-License-Identifier: MIT */
/*
 * Three invariants: the walk reads each byte once and in order, it passes the same pieces to the archive reader that
 * the kernel does (32 KiB of a compressed segment), and it stops where the kernel stops.
 */
#include "segment.h"

#include "gunzip.h"

struct walk {
    const unsigned char *bytes;
    uint64_t size;
    uint64_t offset;
    uint64_t unpacked_max_bytes;
    const struct segment_sink *sink;
    struct archive archive;
    struct segment segment;
    bool is_open;
    uint64_t entries_before;
    uint64_t trailers_before;
    uint64_t unpacked_before; /* bytes of the closed segments */
    enum fault stopped;
};

static bool is_cancelled(const struct walk *walk) {
    return walk->sink->cancelled && *walk->sink->cancelled;
}

static bool is_done(const struct walk *walk) {
    return walk->stopped != FAULT_NONE || is_cancelled(walk);
}

static void report(struct walk *walk, enum fault fault, uint64_t offset, const uint64_t *inside) {
    struct segment_fault place = {
        .fault = fault,
        .segment = walk->segment.number,
        .kind = walk->segment.kind,
        .offset = offset,
        .inside_bytes = inside ? *inside : 0,
        .is_inside = inside != NULL,
    };

    if (walk->sink->fault)
        walk->sink->fault(walk->sink->context, &place);
    if (fault_stops(fault) && walk->stopped == FAULT_NONE)
        walk->stopped = fault;
}

/* The archive reader counts offsets in the image for a raw segment, and in the unpacked bytes for a compressed one. */
static void take_fault(void *context, enum fault fault, uint64_t offset) {
    struct walk *walk = context;

    if (walk->segment.kind == SEGMENT_RAW)
        report(walk, fault, offset, NULL);
    else
        report(walk, fault, walk->segment.offset, &offset);
}

static void open_segment(struct walk *walk, enum segment_kind kind) {
    walk->segment = (struct segment){
        .number = walk->segment.number + 1,
        .kind = kind,
        .offset = walk->offset,
    };
    walk->entries_before = walk->archive.entries;
    walk->trailers_before = walk->archive.trailers;
    walk->is_open = true;
    if (walk->sink->open)
        walk->sink->open(walk->sink->context, &walk->segment);
}

static void close_segment(struct walk *walk) {
    struct segment *segment = &walk->segment;
    uint64_t trailers = walk->archive.trailers - walk->trailers_before;

    if (!walk->is_open)
        return;
    walk->is_open = false;
    segment->size_bytes = walk->offset - segment->offset;
    if (segment->kind == SEGMENT_RAW)
        segment->unpacked_bytes = segment->size_bytes;
    segment->entries = walk->archive.entries - walk->entries_before - trailers;
    segment->has_trailer = trailers > 0;
    walk->unpacked_before += segment->unpacked_bytes;
    if (walk->sink->close)
        walk->sink->close(walk->sink->context, segment);
}

static void check_limit(struct walk *walk, uint64_t unpacked_bytes) {
    if (walk->unpacked_before + unpacked_bytes > walk->unpacked_max_bytes)
        report(walk, FAULT_TOO_LARGE, walk->segment.offset, &unpacked_bytes);
}

static void report_progress(const struct walk *walk, uint64_t offset) {
    if (walk->sink->progress)
        walk->sink->progress(walk->sink->context, offset);
}

/* At the end of the image up to three bytes of padding may be missing. No kernel needs them. */
static bool is_cut_short(const struct archive *archive) {
    uint64_t missing = archive_missing(archive);

    return missing > 3 || (missing && archive->state != ARCHIVE_SKIP);
}

/*
 * Walks over a raw entry and the padding behind it. The padding behind a trailer does not belong to the segment: it
 * lies between two segments.
 */
static void walk_raw_entry(struct walk *walk) {
    uint64_t trailers = walk->archive.trailers;
    uint64_t start = walk->offset;
    uint64_t left = walk->size - start;

    if (!walk->is_open)
        open_segment(walk, SEGMENT_RAW);
    archive_seek(&walk->archive, walk->offset);
    archive_expect_header(&walk->archive);
    archive_feed(&walk->archive, walk->bytes + start, left > SIZE_MAX ? SIZE_MAX : (size_t)left);
    if (walk->archive.trailers != trailers && walk->archive.state == ARCHIVE_RESET) {
        walk->offset = walk->archive.next_header;
        close_segment(walk);
    }
    walk->offset = walk->archive.position;
    if (is_cut_short(&walk->archive))
        report(walk, FAULT_TRUNCATED, start, NULL);
    check_limit(walk, walk->offset - walk->segment.offset);
    report_progress(walk, walk->offset);
}

/* flush_buffer(). A piece may contain many entries. */
static void feed_piece(struct walk *walk, const unsigned char *bytes, size_t size) {
    while (size && !is_done(walk)) {
        size_t used = archive_feed(&walk->archive, bytes, size);

        bytes += used;
        size -= used;
        if (size == 0 || is_done(walk))
            break;
        if (*bytes == '0') {
            archive_expect_header(&walk->archive);
        } else if (*bytes != 0) {
            uint64_t inside = walk->archive.position;

            report(walk, FAULT_JUNK_INSIDE, walk->segment.offset, &inside);
        }
    }
}

/* The kernel skips the eight bytes of the trailer without checking them. */
static void end_member(struct walk *walk, const struct gunzip *gunzip, uint64_t end) {
    uint32_t crc32;
    uint32_t length;

    if (walk->size - end < GUNZIP_TRAILER_BYTES) {
        report(walk, FAULT_GZIP_TRUNCATED, walk->size, NULL);
        return;
    }
    gunzip_trailer(walk->bytes + end, &crc32, &length);
    if (crc32 != gunzip->crc32)
        report(walk, FAULT_GZIP_CRC, end, NULL);
    if (length != (uint32_t)gunzip->unpacked_bytes)
        report(walk, FAULT_GZIP_LENGTH, end + 4, NULL);
    if (walk->archive.state != ARCHIVE_RESET) {
        enum fault fault = gunzip->unpacked_bytes ? FAULT_TRUNCATED_INSIDE : FAULT_NO_ARCHIVE;

        report(walk, fault, walk->segment.offset, &gunzip->unpacked_bytes);
    }
    walk->offset = end + GUNZIP_TRAILER_BYTES;
}

static void walk_member(struct walk *walk, struct gunzip *gunzip) {
    enum gunzip_answer answer = GUNZIP_MORE;

    while (answer == GUNZIP_MORE && !is_done(walk)) {
        size_t got;
        uint64_t end;

        answer = gunzip_next(gunzip, &got);
        walk->segment.unpacked_bytes = gunzip->unpacked_bytes;
        check_limit(walk, gunzip->unpacked_bytes);
        feed_piece(walk, gunzip->piece, got);
        report_progress(walk, gunzip_progress(gunzip));
        if (answer == GUNZIP_MORE && !is_done(walk))
            continue;
        /* The exact position of a limit is not worth unpacking the member again. */
        if (is_cancelled(walk) || fault_is_limit(walk->stopped))
            break;
        end = gunzip_position(gunzip);
        walk->offset = end;
        if (is_done(walk))
            break;
        if (answer == GUNZIP_END)
            end_member(walk, gunzip, end);
        else if (answer == GUNZIP_CUT)
            report(walk, FAULT_GZIP_TRUNCATED, walk->size, NULL);
        else if (answer == GUNZIP_DAMAGED)
            report(walk, FAULT_GZIP_DATA, end, NULL);
        else
            report(walk, FAULT_NO_MEMORY, end, NULL);
    }
}

static void walk_gzip(struct walk *walk) {
    struct gunzip gunzip;
    bool odd;
    uint64_t header = gunzip_header(walk->bytes + walk->offset, walk->size - walk->offset, &odd);

    archive_seek(&walk->archive, 0);
    if (header == 0) {
        report(walk, FAULT_NOT_GZIP, walk->offset, NULL);
        return;
    }
    if (odd)
        report(walk, FAULT_GZIP_FLAGS, walk->offset + 3, NULL);
    if (gunzip_start(&gunzip, walk->bytes, walk->size, walk->offset + header) < 0) {
        report(walk, FAULT_NO_MEMORY, walk->offset, NULL);
        return;
    }
    walk_member(walk, &gunzip);
    gunzip_stop(&gunzip);
}

static void walk_compressed(struct walk *walk) {
    enum segment_kind kind = segment_detect(walk->bytes + walk->offset, walk->size - walk->offset);

    close_segment(walk);
    if (kind == SEGMENT_UNKNOWN) {
        report(walk, FAULT_JUNK, walk->offset, NULL);
        return;
    }
    open_segment(walk, kind);
    if (kind == SEGMENT_GZIP)
        walk_gzip(walk);
    else
        report(walk, FAULT_COMPRESSOR, walk->offset, NULL);
    close_segment(walk);
}

enum fault segment_walk(const unsigned char *bytes, uint64_t size, uint64_t unpacked_max_bytes,
                        const struct segment_sink *sink) {
    struct walk walk = {.bytes = bytes, .size = size, .unpacked_max_bytes = unpacked_max_bytes, .sink = sink};

    archive_start(&walk.archive, &sink->archive, take_fault, &walk);
    if (size == 0)
        report(&walk, FAULT_EMPTY, 0, NULL);
    while (walk.offset < size && !is_done(&walk)) {
        if (bytes[walk.offset] == '0' && walk.offset % 4 == 0)
            walk_raw_entry(&walk);
        else if (bytes[walk.offset] == 0)
            walk.offset++;
        else
            walk_compressed(&walk);
    }
    close_segment(&walk);
    return walk.stopped;
}
