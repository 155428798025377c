/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include "purpose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct scan *scan;
    const struct scan_options *options;
    unsigned int segment; /* the number of the open one */
    struct segment open;
};

static void add_fault(void *context, const struct segment_fault *fault) {
    struct scan *scan = ((struct run *)context)->scan;

    scan->faults_seen++;
    if (fault->fault == FAULT_NO_MEMORY)
        scan->is_out_of_memory = true;
    /* The last place is reserved for a fault that stops the kernel: it matters most. */
    if (scan->fault_count + 1 < SCAN_FAULTS_MAX || (fault_stops(fault->fault) && scan->fault_count < SCAN_FAULTS_MAX))
        scan->faults[scan->fault_count++] = *fault;
}

/* Ends the walk because of a limit of this program. */
static void cancel(struct run *run, enum fault fault) {
    const struct segment_fault place = {
        .fault = fault, .segment = run->segment, .kind = run->open.kind, .offset = run->open.offset};

    add_fault(run, &place);
    run->scan->stopped = fault;
    run->scan->is_cancelled = true;
}

static void open_segment(void *context, const struct segment *segment) {
    struct run *run = context;
    struct scan *scan = run->scan;

    run->segment = segment->number;
    run->open = *segment;
    if (scan->segment_count == SCAN_SEGMENTS_MAX)
        cancel(run, FAULT_TOO_MANY_SEGMENTS);
    else
        scan->segments[scan->segment_count++] = (struct scan_segment){.segment = *segment};
}

static void close_segment(void *context, const struct segment *segment) {
    struct scan *scan = ((struct run *)context)->scan;

    if (segment->number > scan->segment_count)
        return;
    scan->segments[segment->number - 1].segment = *segment;
    scan->entries += segment->entries;
    scan->unpacked_bytes += segment->unpacked_bytes;
}

static bool is_notable(const struct tree_result *result, unsigned int segment) {
    if (result->effect == TREE_DROPPED)
        return true;
    if (!result->existed || result->before == segment || result->before == 0)
        return false;
    return result->effect != TREE_MERGED || result->changed;
}

/* Returns NULL without memory, and ends the walk. */
static char *copy_text(struct run *run, const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    if (copy) {
        memcpy(copy, text, size);
    } else {
        run->scan->is_out_of_memory = true;
        run->scan->is_cancelled = true;
    }
    return copy;
}

static void add_note(struct run *run, const char *path, const struct tree_result *result) {
    struct scan *scan = run->scan;
    struct scan_note *note = &scan->notes[scan->note_count];

    scan->notes_seen++;
    if (!run->options->with_notes || scan->note_count == SCAN_NOTES_MAX)
        return;
    *note = (struct scan_note){
        .path = copy_text(run, path),
        .effect = result->effect,
        .error = result->error,
        .segment = run->segment,
        .before = result->existed ? result->before : 0,
    };
    if (note->path)
        scan->note_count++;
}

/* Records a hard link on which kernels differ, with the entry's name. */
static void add_quirk(struct run *run, const struct archive_entry *entry, enum tree_quirk quirk) {
    bool is_raw = run->open.kind == SEGMENT_RAW;
    struct segment_fault fault = {
        .fault = quirk == TREE_QUIRK_EXISTS ? FAULT_LINK_EXISTS : FAULT_LINK_REPEATED,
        .segment = run->segment,
        .kind = run->open.kind,
        .offset = is_raw ? entry->offset : run->open.offset,
        .inside_bytes = is_raw ? 0 : entry->offset,
        .is_inside = !is_raw,
    };
    size_t count = run->scan->fault_count;

    run->scan->quirks_seen++;
    add_fault(run, &fault);
    if (run->scan->fault_count > count)
        run->scan->faults[count].path = copy_text(run, entry->name);
}

static bool take_entry(void *context, const struct archive_entry *entry) {
    struct run *run = context;
    struct tree_result result = tree_apply(run->scan->tree, entry, run->segment);

    enum tree_limit limit = tree_limit(run->scan->tree);

    if (limit != TREE_LIMIT_NONE) {
        run->scan->is_out_of_memory = limit == TREE_LIMIT_MEMORY;
        cancel(run, limit == TREE_LIMIT_STEPS ? FAULT_TOO_MANY_STEPS : FAULT_TOO_MANY);
        return false;
    }
    if (result.quirk != TREE_QUIRK_NONE)
        add_quirk(run, entry, result.quirk);
    if (is_notable(&result, run->segment) && run->segment <= run->scan->segment_count) {
        struct scan_segment *segment = &run->scan->segments[run->segment - 1];

        if (result.effect == TREE_DROPPED)
            segment->drops++;
        else
            segment->overrides++;
        add_note(run, entry->name, &result);
    }
    return result.writes;
}

static void take_data(void *context, const unsigned char *bytes, size_t size) {
    tree_data(((struct run *)context)->scan->tree, bytes, size);
}

static void take_data_end(void *context) {
    tree_data_end(((struct run *)context)->scan->tree);
}

static void take_trailer(void *context) {
    tree_trailer(((struct run *)context)->scan->tree);
}

static void report_progress(void *context, uint64_t bytes_done) {
    struct run *run = context;

    if (run->options->progress)
        run->options->progress(run->options->context, bytes_done);
}

int scan_run(struct scan *scan, const unsigned char *bytes, uint64_t size, const struct scan_options *options) {
    const struct tree_options tree_options = {
        .memory_bytes = SCAN_TREE_MAX_BYTES,
        .steps = SCAN_STEPS_MAX,
        .key = {options->key[0], options->key[1]},
        .with_crc = options->with_crc,
        .as_linux_4 = options->as_linux_4,
        .needle_file = CENSUS_NEEDLE_FILE,
        .needle = CENSUS_NEEDLE,
    };
    struct run run = {.scan = scan, .options = options};
    const struct segment_sink sink = {
        .archive = {&run, take_entry, take_data, take_data_end, take_trailer},
        .context = &run,
        .open = open_segment,
        .close = close_segment,
        .fault = add_fault,
        .progress = report_progress,
        .cancelled = &scan->is_cancelled,
    };
    enum fault stopped;

    memset(scan, 0, sizeof(*scan));
    scan->tree = tree_new(&tree_options);
    scan->segments = calloc(SCAN_SEGMENTS_MAX, sizeof(*scan->segments));
    scan->notes = calloc(SCAN_NOTES_MAX, sizeof(*scan->notes));
    if (!scan->tree || !scan->segments || !scan->notes)
        return -ENOMEM;
    if (size > SCAN_IMAGE_MAX_BYTES)
        cancel(&run, FAULT_IMAGE_TOO_LARGE);
    stopped = segment_walk(bytes, size, SCAN_UNPACKED_MAX_BYTES, &sink);
    if (scan->stopped == FAULT_NONE)
        scan->stopped = stopped;
    tree_end(scan->tree);
    return scan->is_out_of_memory ? -ENOMEM : 0;
}

void scan_free(struct scan *scan) {
    for (size_t i = 0; i < scan->note_count; i++)
        free(scan->notes[i].path);
    for (size_t i = 0; i < scan->fault_count; i++)
        free(scan->faults[i].path);
    free(scan->notes);
    free(scan->segments);
    tree_free(scan->tree);
}
