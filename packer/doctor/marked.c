/* SPDX-License-Identifier: MIT */
#include "marked.h"

#include "../../agent/common/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BEGIN "# usermount-pack: begin"
#define END "# usermount-pack: end"
#define NEW_FILE " new-file"
#define NO_NEWLINE " no-newline"
#define BACKUP " backup-" /* and one digit */
#define CRC_DIGITS 8

static const char *const fault_texts[] = {
    [BLOCK_ABSENT] = "there is no block",
    [BLOCK_FOUND] = "there is a block",
    [BLOCK_CHANGED] = "the block of usermount-pack was edited by hand; undo the edit, or remove the block",
    [BLOCK_BROKEN] = "this marker line of usermount-pack is unpaired or duplicated; remove it",
    [BLOCK_SWALLOWED] = "the line ends in a backslash, so the block of usermount-pack continues it",
    [BLOCK_CONTINUED] = "the line ends in a backslash, so a new line would continue it",
};

const char *block_fault_text(enum block_answer answer) {
    return fault_texts[answer];
}

static bool is_continued(struct text line) {
    line = text_trim(line);
    return line.len && line.at[line.len - 1] == '\\';
}

static uint32_t crc_of(const char *text, size_t size) {
    return (uint32_t)crc32(0, (const unsigned char *)text, (unsigned int)size);
}

/* Parses the first marker. Returns false if block_write() cannot have written it. */
static bool read_marker(struct text line, uint32_t crc, struct block *block) {
    char wanted[sizeof(BEGIN) + 1 + CRC_DIGITS];

    snprintf(wanted, sizeof(wanted), BEGIN " %08x", (unsigned int)crc);
    if (!text_take(&line, wanted))
        return false;
    block->is_new_file = text_take(&line, NEW_FILE);
    block->is_after_newline = text_take(&line, NO_NEWLINE);
    if (!text_take(&line, BACKUP))
        return line.len == 0;
    if (line.len != 1 || line.at[0] < '1' || line.at[0] > '9')
        return false;
    block->backup = (unsigned int)(line.at[0] - '0');
    return true;
}

struct block block_find(const char *text, size_t size) {
    struct block block = {.answer = BLOCK_ABSENT};
    struct text begin = {0};
    struct text previous = {0};
    size_t content = 0; /* where it begins */
    size_t next;
    uint32_t number = 0;

    for (size_t at = 0; at < size; at = next) {
        struct text rest = {text + at, size - at};
        struct text line = text_cut(&rest, '\n');
        bool is_begin = text_has_prefix(line, BEGIN);
        bool is_end = text_has_prefix(line, END);

        next = size - rest.len;
        number++;
        if ((is_begin || is_end) && (is_begin ? block.answer != BLOCK_ABSENT || begin.at : !begin.at || block.end))
            return (struct block){.answer = BLOCK_BROKEN, .line = number};
        if (is_begin && is_continued(previous))
            return (struct block){.answer = BLOCK_SWALLOWED, .line = number - 1};
        if (is_begin) {
            begin = line;
            content = next;
            block.line = number;
            block.begin = at;
        } else if (is_end) {
            block.answer = BLOCK_FOUND;
            block.end = next;
            if (!read_marker(begin, crc_of(text + content, at - content), &block))
                return (struct block){.answer = BLOCK_CHANGED, .line = block.line};
        }
        previous = line;
    }
    if (begin.at && block.answer == BLOCK_ABSENT)
        return (struct block){.answer = BLOCK_BROKEN, .line = block.line};
    if (block.answer == BLOCK_ABSENT && is_continued(previous))
        return (struct block){.answer = BLOCK_CONTINUED, .line = number};
    return block;
}

/* Returns the whole block. The caller frees it. */
static char *make_block(const char *lines, bool is_new_file, bool is_after_newline, unsigned int backup, size_t *size) {
    size_t room = strlen(lines) + sizeof(BEGIN NEW_FILE NO_NEWLINE BACKUP END) + CRC_DIGITS + 8;
    char *block = malloc(room);
    char kept[sizeof(BACKUP) + 1] = "";

    if (backup)
        snprintf(kept, sizeof(kept), BACKUP "%c", (char)('0' + backup % 10));

    if (block)
        *size =
            (size_t)snprintf(block, room, BEGIN " %08x%s%s%s\n%s" END "\n", (unsigned int)crc_of(lines, strlen(lines)),
                             is_new_file ? NEW_FILE : "", is_after_newline ? NO_NEWLINE : "", kept, lines);
    return block;
}

int block_write(const char *text, size_t size, const struct block *block, bool is_new, const char *lines, char **out,
                size_t *out_size) {
    bool was_found = block->answer == BLOCK_FOUND;
    size_t head = was_found ? block->begin : size;
    size_t tail = was_found ? block->end : size;
    bool is_after_newline = was_found ? block->is_after_newline : size && text[size - 1] != '\n';
    size_t block_size = 0;
    char *made = NULL;
    char *at;

    if (lines) {
        made = make_block(lines, was_found ? block->is_new_file : is_new, is_after_newline, block->backup, &block_size);
        if (!made)
            return -ENOMEM;
    }
    at = *out = malloc(size + block_size + 2);
    if (!at) {
        free(made);
        return -ENOMEM;
    }
    /* Lines that were added behind the block keep the newline before them. */
    if (!lines && was_found && is_after_newline && head && tail == size)
        head--;
    if (head)
        memcpy(at, text, head);
    at += head;
    if (lines && !was_found && is_after_newline)
        *at++ = '\n';
    if (block_size)
        memcpy(at, made, block_size);
    at += block_size;
    if (size > tail)
        memcpy(at, text + tail, size - tail);
    at += size - tail;
    *at = '\0';
    *out_size = (size_t)(at - *out);
    free(made);
    return 0;
}
