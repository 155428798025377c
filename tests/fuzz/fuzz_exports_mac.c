/* SPDX-License-Identifier: MIT */
/* /etc/exports from any bytes: every word lies in the file's own memory, and what is judged is of the file. */
#include "../../packer/exports/judge.h"
#include "../unit/exports_world.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_words(const struct exports_mac *file) {
    size_t next = 0;

    for (size_t i = 0; i < file->count; i++) {
        const struct exports_entry *entry = &file->entries[i];

        if (entry->first_dir != next || entry->first_host != entry->first_dir + entry->dir_count)
            abort();
        next = entry->first_host + entry->host_count;
        if (i && entry->line <= file->entries[i - 1].line)
            abort();
    }
    if (next != file->word_count)
        abort();
    for (size_t i = 0; i < file->word_count; i++)
        if (file->words[i] < file->text || file->words[i] + strlen(file->words[i]) >= file->text + file->text_size)
            abort();
}

/* What is quoted is read back as the same path, and as nothing else. */
static void check_quote(const struct exports_mac *file) {
    char quoted[1024];

    for (size_t i = 0; i < file->count; i++) {
        const struct exports_entry *entry = &file->entries[i];
        struct exports_mac again;

        if (!entry->dir_count || !exports_mac_quote(file->words[entry->first_dir], quoted, sizeof(quoted)))
            continue;
        if (exports_mac_read(&again, quoted, strlen(quoted), world_of(false)) < 0)
            abort();
        if (again.count != 1 || again.word_count != 1 || again.entries[0].fault != EXPORTS_FINE ||
            strcmp(again.words[0], file->words[entry->first_dir]) != 0)
            abort();
        exports_mac_free(&again);
    }
}

static void check_view(const uint8_t *data, size_t size, bool is_split) {
    struct exports_mac file;
    struct exports_view view;
    struct exports_block block;

    if (exports_mac_read(&file, (const char *)data, size, world_of(is_split)) < 0)
        abort();
    check_words(&file);
    check_quote(&file);
    if (exports_judge(&view, &file, world_of(is_split)) < 0)
        abort();
    for (size_t i = 0; i < file.count; i++)
        if (view.table.verdicts[i].other > i)
            abort();
    for (uint32_t i = 0; i < view.table.share_count; i++) {
        struct exports_service service = exports_serve(&view, view.table.shares[i].dir);

        if (service.answer != EXPORTS_MISSING && service.entry >= file.count)
            abort();
    }
    if (exports_blocks(&view, "/Users", &block) && block.entry >= file.count)
        abort();
    exports_view_free(&view);
    exports_mac_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    check_view(data, size, false);
    check_view(data, size, true);
    return 0;
}
