/* SPDX-License-Identifier: MIT */
/*
 * The walk over an image. What always holds: it reads each byte once and in order, hands the
 * archive reader the same pieces the kernel does (32 KiB when compressed), and stops where the
 * kernel stops.
 */
#include "segment.h"

#include <string.h>
#include <zlib.h>

#define PIECE_BYTES 32768u /* the kernel's output buffer; where it splits headers matters */
#define GZIP_HEADER_BYTES 10u
#define GZIP_TRAILER_BYTES 8u
#define GZIP_FNAME 0x08
#define GZIP_HARMLESS 0x09 /* FTEXT and FNAME */
#define INPUT_BYTES (1u << 20)

struct walk {
    const unsigned char *bytes;
    uint64_t size;
    uint64_t offset;
    const struct segment_limits *limits;
    const struct segment_sink *sink;
    struct archive archive;
    struct archive_sink inner; /* sink->archive with our own fault() */
    struct segment segment;
    bool is_open;
    uint64_t entries_before;
    uint64_t trailers_before;
    uint64_t unpacked_before; /* by the segments that are closed */
    enum fault stopped;
};

/* The state of one compressed segment. */
struct member {
    z_stream stream;
    uint64_t input; /* offset in the image of the next byte that zlib has not been given */
    uLong crc;
    unsigned char piece[PIECE_BYTES];
};

static const char *const kind_names[] = {
    [SEGMENT_RAW] = "raw",   [SEGMENT_GZIP] = "gzip", [SEGMENT_BZIP2] = "bzip2",
    [SEGMENT_LZMA] = "lzma", [SEGMENT_XZ] = "xz",     [SEGMENT_LZO] = "lzo",
    [SEGMENT_LZ4] = "lz4",   [SEGMENT_ZSTD] = "zstd", [SEGMENT_UNKNOWN] = "unknown",
};

const char *segment_kind_name(enum segment_kind kind) {
    return kind <= SEGMENT_UNKNOWN ? kind_names[kind] : "unknown";
}

enum segment_kind segment_detect(const unsigned char *bytes, uint64_t size) {
    static const struct {
        unsigned char magic[2];
        enum segment_kind kind;
    } table[] = {
        {{0x1f, 0x8b}, SEGMENT_GZIP}, {{0x1f, 0x9e}, SEGMENT_GZIP}, {{0x42, 0x5a}, SEGMENT_BZIP2},
        {{0x5d, 0x00}, SEGMENT_LZMA}, {{0xfd, 0x37}, SEGMENT_XZ},   {{0x89, 0x4c}, SEGMENT_LZO},
        {{0x02, 0x21}, SEGMENT_LZ4},  {{0x28, 0xb5}, SEGMENT_ZSTD},
    };

    for (size_t i = 0; size >= 2 && i < sizeof(table) / sizeof(table[0]); i++)
        if (memcmp(bytes, table[i].magic, 2) == 0)
            return table[i].kind;
    return SEGMENT_UNKNOWN;
}

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

/* The archive's own offsets are the image's in a raw segment, and inside a compressed one else. */
static void archive_fault(void *context, enum fault fault, uint64_t offset) {
    struct walk *walk = context;

    if (walk->segment.kind == SEGMENT_RAW)
        report(walk, fault, offset, NULL);
    else
        report(walk, fault, walk->segment.offset, &offset);
}

static bool forward_entry(void *context, const struct archive_entry *entry) {
    const struct archive_sink *outer = &((struct walk *)context)->sink->archive;

    return outer->entry(outer->context, entry);
}

static void forward_data(void *context, const unsigned char *bytes, size_t size) {
    const struct archive_sink *outer = &((struct walk *)context)->sink->archive;

    outer->data(outer->context, bytes, size);
}

static void forward_data_end(void *context) {
    const struct archive_sink *outer = &((struct walk *)context)->sink->archive;

    outer->data_end(outer->context);
}

static void forward_trailer(void *context) {
    const struct archive_sink *outer = &((struct walk *)context)->sink->archive;

    outer->trailer(outer->context);
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
    if (walk->unpacked_before + unpacked_bytes > walk->limits->unpacked_bytes)
        report(walk, FAULT_TOO_LARGE, walk->segment.offset, &unpacked_bytes);
}

static void report_progress(const struct walk *walk, uint64_t offset) {
    if (walk->sink->progress)
        walk->sink->progress(walk->sink->context, offset);
}

/* At the image's end up to three bytes of padding may be missing: nothing hangs on them. */
static bool is_cut_short(const struct archive *archive) {
    uint64_t missing = archive_missing(archive);

    return missing > 3 || (missing && archive->state != ARCHIVE_SKIP);
}

/*
 * One raw entry with the padding behind it. The padding behind a trailer is not part of the raw
 * segment that the trailer ends: a person would say it stands between two segments.
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

/* flush_buffer(): one piece of unpacked bytes may hold the ends and starts of many entries. */
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

/* Skips the header as the kernel does: ten bytes, and a file name. Returns false after a fault. */
static bool skip_gzip_header(struct walk *walk, uint64_t *input) {
    const unsigned char *header = walk->bytes + walk->offset;
    uint64_t left = walk->size - walk->offset;
    uint64_t at = GZIP_HEADER_BYTES;

    if (left < GZIP_HEADER_BYTES || header[1] != 0x8b || header[2] != 8) {
        report(walk, FAULT_NOT_GZIP, walk->offset, NULL);
        return false;
    }
    if (header[3] & ~GZIP_HARMLESS)
        report(walk, FAULT_GZIP_FLAGS, walk->offset + 3, NULL);
    if (header[3] & GZIP_FNAME) {
        while (at < left && header[at] != 0)
            at++;
        if (at == left) {
            report(walk, FAULT_NOT_GZIP, walk->offset, NULL);
            return false;
        }
        at++;
    }
    *input = walk->offset + at;
    return true;
}

/* Unpacks until the piece is full or the data ends. Returns zlib's last answer. */
static int fill_piece(struct walk *walk, struct member *member) {
    z_stream *stream = &member->stream;
    int rc = Z_OK;

    stream->next_out = member->piece;
    stream->avail_out = PIECE_BYTES;
    while (rc == Z_OK && stream->avail_out) {
        if (stream->avail_in == 0) {
            uint64_t left = walk->size - member->input;

            if (left == 0)
                return Z_BUF_ERROR;
            stream->avail_in = left < INPUT_BYTES ? (uInt)left : INPUT_BYTES;
            /* zlib does not write to its input; next_in is not const in older headers. */
            stream->next_in = (Bytef *)(uintptr_t)(walk->bytes + member->input);
            member->input += stream->avail_in;
        }
        rc = inflate(stream, Z_NO_FLUSH);
    }
    return rc;
}

static uint32_t read_le32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* The kernel steps over the eight bytes unseen; here they are checked. */
static void end_member(struct walk *walk, const struct member *member, uint64_t end) {
    const unsigned char *trailer = walk->bytes + end;

    if (walk->size - end < GZIP_TRAILER_BYTES) {
        report(walk, FAULT_GZIP_TRUNCATED, walk->size, NULL);
        return;
    }
    if (read_le32(trailer) != (uint32_t)member->crc)
        report(walk, FAULT_GZIP_CRC, end, NULL);
    if (read_le32(trailer + 4) != (uint32_t)walk->segment.unpacked_bytes)
        report(walk, FAULT_GZIP_LENGTH, end + 4, NULL);
    if (walk->archive.state != ARCHIVE_RESET) {
        bool untouched = walk->segment.unpacked_bytes == 0;

        report(walk, untouched ? FAULT_NO_ARCHIVE : FAULT_TRUNCATED_INSIDE, walk->segment.offset,
               &walk->segment.unpacked_bytes);
    }
    walk->offset = end + GZIP_TRAILER_BYTES;
}

static void inflate_member(struct walk *walk, struct member *member) {
    int rc = Z_OK;

    while (rc == Z_OK && !is_done(walk)) {
        size_t got;
        uint64_t end;

        rc = fill_piece(walk, member);
        got = PIECE_BYTES - member->stream.avail_out;
        end = member->input - member->stream.avail_in;
        member->crc = crc32(member->crc, member->piece, (uInt)got);
        walk->segment.unpacked_bytes += got;
        check_limit(walk, walk->segment.unpacked_bytes);
        feed_piece(walk, member->piece, got);
        report_progress(walk, end);
        if (is_done(walk))
            walk->offset = end;
        else if (rc == Z_STREAM_END)
            end_member(walk, member, end);
        else if (rc == Z_BUF_ERROR)
            report(walk, FAULT_GZIP_TRUNCATED, walk->offset = walk->size, NULL);
        else if (rc != Z_OK)
            report(walk, FAULT_GZIP_DATA, walk->offset = end, NULL);
    }
}

static void walk_gzip(struct walk *walk) {
    struct member member = {.crc = crc32(0, NULL, 0)};

    archive_seek(&walk->archive, 0);
    if (!skip_gzip_header(walk, &member.input))
        return;
    if (inflateInit2(&member.stream, -MAX_WBITS) != Z_OK) {
        report(walk, FAULT_TOO_LARGE, walk->offset, NULL);
        return;
    }
    inflate_member(walk, &member);
    inflateEnd(&member.stream);
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

enum fault segment_walk(const unsigned char *bytes, uint64_t size, const struct segment_limits *limits,
                        const struct segment_sink *sink) {
    struct walk walk = {.bytes = bytes, .size = size, .limits = limits, .sink = sink};

    walk.inner = (struct archive_sink){
        .context = &walk,
        .entry = forward_entry,
        .data = forward_data,
        .data_end = forward_data_end,
        .trailer = forward_trailer,
        .fault = archive_fault,
    };
    archive_start(&walk.archive, &walk.inner);
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
