/* SPDX-License-Identifier: MIT */
#include "marked.h"

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
    [BLOCK_CHANGED] = "the block of usermount-pack was changed by hand; take the change out of it, or the block away",
    [BLOCK_BROKEN] =
        "this marker line of usermount-pack has no other that belongs to it, or is one too many; take it away",
    [BLOCK_SWALLOWED] = "the line ends in a backslash, so the block of usermount-pack behind it belongs to it",
    [BLOCK_CONTINUED] = "the line ends in a backslash, so what is written behind it would belong to it",
};

const char *block_fault_text(enum block_answer answer) {
    return fault_texts[answer];
}

/* A line without its line feed. */
struct line {
    const char *at;
    size_t length;
    size_t next; /* the offset behind it */
};

static struct line line_at(const char *text, size_t size, size_t offset) {
    const char *start = text + offset;
    const char *end = memchr(start, '\n', size - offset);
    size_t length = end ? (size_t)(end - start) : size - offset;

    return (struct line){start, length, offset + length + (end ? 1 : 0)};
}

static bool begins_with(struct line line, const char *word) {
    size_t length = strlen(word);

    return line.length >= length && memcmp(line.at, word, length) == 0;
}

static bool is_continued(struct line line) {
    while (line.length && (line.at[line.length - 1] == ' ' || line.at[line.length - 1] == '\t'))
        line.length--;
    return line.length && line.at[line.length - 1] == '\\';
}

static uint32_t crc_of(const char *text, size_t size) {
    return (uint32_t)crc32(0, (const unsigned char *)text, (unsigned int)size);
}

/* The first marker's own words. False when it is not as block_write has it. */
static bool read_marker(struct line line, uint32_t crc, struct block *block) {
    char wanted[sizeof(BEGIN) + 1 + CRC_DIGITS];
    size_t length = (size_t)snprintf(wanted, sizeof(wanted), BEGIN " %08x", (unsigned int)crc);

    if (!begins_with(line, wanted))
        return false;
    line.at += length;
    line.length -= length;
    block->is_new_file = begins_with(line, NEW_FILE);
    if (block->is_new_file) {
        line.at += strlen(NEW_FILE);
        line.length -= strlen(NEW_FILE);
    }
    block->is_after_newline = begins_with(line, NO_NEWLINE);
    if (block->is_after_newline) {
        line.at += strlen(NO_NEWLINE);
        line.length -= strlen(NO_NEWLINE);
    }
    if (begins_with(line, BACKUP) && line.length == strlen(BACKUP) + 1) {
        char digit = line.at[strlen(BACKUP)];

        if (digit < '1' || digit > '9')
            return false;
        block->backup = (unsigned int)(digit - '0');
        line.length = 0;
    }
    return line.length == 0;
}

struct block block_find(const char *text, size_t size) {
    struct block block = {.answer = BLOCK_ABSENT};
    struct line begin = {0};
    struct line previous = {0};
    uint32_t number = 0;

    for (size_t at = 0; at < size;) {
        struct line line = line_at(text, size, at);
        bool is_begin = begins_with(line, BEGIN);
        bool is_end = begins_with(line, END);

        number++;
        if ((is_begin || is_end) && (is_begin ? block.answer != BLOCK_ABSENT || begin.at : !begin.at || block.end))
            return (struct block){.answer = BLOCK_BROKEN, .line = number};
        if (is_begin && is_continued(previous))
            return (struct block){.answer = BLOCK_SWALLOWED, .line = number - 1};
        if (is_begin) {
            begin = line;
            block.line = number;
            block.begin = at;
        } else if (is_end) {
            block.answer = BLOCK_FOUND;
            block.end = line.next;
            if (!read_marker(begin, crc_of(text + begin.next, at - begin.next), &block))
                return (struct block){.answer = BLOCK_CHANGED, .line = block.line};
        }
        previous = line;
        at = line.next;
    }
    if (begin.at && block.answer == BLOCK_ABSENT)
        return (struct block){.answer = BLOCK_BROKEN, .line = block.line};
    if (block.answer == BLOCK_ABSENT && is_continued(previous))
        return (struct block){.answer = BLOCK_CONTINUED, .line = number};
    return block;
}

/* The whole block; the caller frees. */
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
    /* What was put behind the block since then stays on a line of its own. */
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
