/* SPDX-License-Identifier: MIT */
#include "scan.h"

#include "census.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct scan *scan;
    const struct scan_options *options;
    unsigned int segment; /* number of the open one */
};

static void cancel(struct scan *scan, enum fault fault, unsigned int number) {
    if (fault != FAULT_NONE && scan->fault_count < SCAN_FAULTS_MAX)
        scan->faults[scan->fault_count++] = (struct segment_fault){.fault = fault, .segment = number};
    if (fault != FAULT_NONE)
        scan->stopped = fault;
    scan->is_cancelled = true;
}

static void open_segment(void *context, const struct segment *segment) {
    struct run *run = context;
    struct scan *scan = run->scan;

    run->segment = segment->number;
    if (scan->segment_count == SCAN_SEGMENTS_MAX) {
        cancel(scan, FAULT_TOO_MANY, segment->number);
        return;
    }
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

static void add_fault(void *context, const struct segment_fault *fault) {
    struct scan *scan = ((struct run *)context)->scan;

    scan->faults_seen++;
    if (fault->fault == FAULT_NO_MEMORY)
        scan->is_out_of_memory = true;
    /* The last place is kept for a fault that stops the kernel, as that one matters most. */
    if (scan->fault_count + 1 < SCAN_FAULTS_MAX || (fault_stops(fault->fault) && scan->fault_count < SCAN_FAULTS_MAX))
        scan->faults[scan->fault_count++] = *fault;
}

static bool is_notable(const struct tree_result *result, unsigned int segment) {
    if (result->effect == TREE_DROPPED)
        return true;
    if (!result->existed || result->before == segment || result->before == 0)
        return false;
    return result->effect != TREE_MERGED || result->changed;
}

static void add_note(struct run *run, const char *path, const struct tree_result *result) {
    struct scan *scan = run->scan;
    struct scan_note *note = &scan->notes[scan->note_count];

    scan->notes_seen++;
    if (!run->options->with_notes || scan->note_count == SCAN_NOTES_MAX)
        return;
    *note = (struct scan_note){
        .path = malloc(strlen(path) + 1),
        .effect = result->effect,
        .error = result->error,
        .segment = run->segment,
        .before = result->existed ? result->before : 0,
    };
    if (!note->path) {
        scan->is_out_of_memory = true;
        cancel(scan, FAULT_NONE, run->segment);
        return;
    }
    memcpy(note->path, path, strlen(path) + 1);
    scan->note_count++;
}

static bool take_entry(void *context, const struct archive_entry *entry) {
    struct run *run = context;
    struct tree_result result = tree_apply(run->scan->tree, entry, run->segment);

    if (tree_is_full(run->scan->tree)) {
        run->scan->is_out_of_memory = tree_lacks_memory(run->scan->tree);
        cancel(run->scan, FAULT_TOO_MANY, run->segment);
        return false;
    }
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
        .with_crc = options->with_crc,
        .needle_file = CENSUS_NEEDLE_FILE,
        .needle = CENSUS_NEEDLE,
    };
    const struct segment_limits limits = {.unpacked_bytes = SCAN_UNPACKED_MAX_BYTES};
    struct run run = {.scan = scan, .options = options};
    const struct segment_sink sink = {
        .archive = {&run, take_entry, take_data, take_data_end, take_trailer, NULL},
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
    stopped = segment_walk(bytes, size, &limits, &sink);
    if (scan->stopped == FAULT_NONE)
        scan->stopped = stopped;
    tree_end(scan->tree);
    return scan->is_out_of_memory ? -ENOMEM : 0;
}

void scan_free(struct scan *scan) {
    for (size_t i = 0; i < scan->note_count; i++)
        free(scan->notes[i].path);
    free(scan->notes);
    free(scan->segments);
    tree_free(scan->tree);
}
