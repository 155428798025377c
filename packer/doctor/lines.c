/* SPDX-License-Identifier: MIT */
/* Checks the text of the exports: the markers of other tools, and letters that look like others. */
#include "doctor.h"

#include "../../agent/common/text.h"

#include <string.h>
#include <strings.h>

/* The first lines of other tools' blocks. Sources: those of the tools. */
static const struct leftover {
    const char *marker;
    const char *tool;
} leftovers[] = {
    {"# VAGRANT-BEGIN:", "Vagrant"},  {"# docker-machine-nfs-begin", "docker-machine-nfs"},
    {"# d4m-nfs exports", "d4m-nfs"}, {"## BEGIN - docker-nfs", "docker-nfs"},
    {"# <ds-nfs", "docksal"},
};

/* Letters that a keyboard, a word processor or a web page puts in place of plain ones. */
static const struct letter {
    const char *bytes;
    const char *name;
    const char *meant;
} letters[] = {
    {"\xe2\x80\x93", "an en dash", "type -"},
    {"\xe2\x80\x94", "an em dash", "type -"},
    {"\xe2\x88\x92", "a minus sign", "type -"},
    {"\xe2\x80\x91", "a non-breaking hyphen", "type -"},
    {"\xc2\xa0", "a no-break space", "type a blank"},
    {"\xe2\x80\xaf", "a narrow no-break space", "type a blank"},
    {"\xe2\x80\x8b", "a zero-width space", "remove it"},
    {"\xef\xbb\xbf", "a byte order mark", "remove it"},
    {"\xe2\x80\x9c", "a curly quote", "type \""},
    {"\xe2\x80\x9d", "a curly quote", "type \""},
    {"\xe2\x80\x98", "a curly quote", "type '"},
    {"\xe2\x80\x99", "a curly quote", "type '"},
};

static bool begins_with(struct text line, const char *marker) {
    size_t length = strlen(marker);

    return line.len >= length && strncasecmp(line.at, marker, length) == 0;
}

/* Whether the letter belongs to the path of an existing folder. Then it is no mistake. */
static bool is_of_a_folder(const struct doctor *doctor, struct text line, size_t at) {
    char path[EXPORTS_PATH_MAX + 1];
    size_t begin = at;
    size_t end = at;

    while (begin && !text_is_blank(line.at[begin - 1]))
        begin--;
    while (end < line.len && !text_is_blank(line.at[end]))
        end++;
    if (strchr("\"'", line.at[begin])) {
        const char *close = memchr(line.at + begin + 1, line.at[begin], line.len - begin - 1);

        begin++;
        end = close ? (size_t)(close - line.at) : line.len;
    }
    return text_copy((struct text){line.at + begin, end - begin}, path, sizeof(path)) && *path == '/' &&
           doctor_folder(doctor, path) == EXPORTS_FOLDER;
}

/* Returns the column of a byte, from 1, in characters. */
static unsigned int column_of(struct text line, size_t at) {
    unsigned int column = 1;

    for (size_t i = 0; i < at; i++)
        column += ((unsigned char)line.at[i] & 0xc0) != 0x80;
    return column;
}

static bool look_at_letter(struct doctor *doctor, struct text line, uint32_t number, size_t at) {
    for (size_t i = 0; i < sizeof(letters) / sizeof(letters[0]); i++) {
        size_t length = strlen(letters[i].bytes);
        const struct doctor_finding finding = {DOCTOR_NOTE, "letter",         doctor->exports.path,
                                               number,      letters[i].meant, NULL};

        if (line.len - at < length || memcmp(line.at + at, letters[i].bytes, length) != 0)
            continue;
        if (is_of_a_folder(doctor, line, at))
            return false;
        doctor_say(doctor, &finding, "column %u has %s, which nfsd does not understand", column_of(line, at),
                   letters[i].name);
        return true;
    }
    return false;
}

/* Reports only the first letter of a line. */
static void look_at_letters(struct doctor *doctor, struct text line, uint32_t number) {
    for (size_t at = 0; at < line.len; at++)
        if ((unsigned char)line.at[at] >= 0x80 && look_at_letter(doctor, line, number, at))
            return;
}

void doctor_look_at_lines(struct doctor *doctor) {
    const struct doctor_file *file = &doctor->exports;
    struct text rest = {file->text, file->size};

    for (uint32_t number = 1; rest.at; number++) {
        struct text line = text_cut(&rest, '\n');

        for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
            if (begins_with(line, leftovers[i].marker))
                doctor_say(doctor,
                           &(struct doctor_finding){DOCTOR_NOTE, "leftover", file->path, number,
                                                    "remove them if you no longer use it", NULL},
                           "these lines belong to %s", leftovers[i].tool);
        if (!text_has_prefix(text_trim(line), "#"))
            look_at_letters(doctor, line, number);
    }
}

/* Finds the longest run of words from `at` that names a folder with blanks. Returns its end, or 0. */
static size_t find_spaced(const struct doctor *doctor, struct text line, size_t at, char *path, size_t size) {
    size_t found = 0;
    char *kept = path;
    char tried[EXPORTS_PATH_MAX + 1];
    bool has_blank = false;

    for (size_t end = at + 1; end <= line.len && end - at <= EXPORTS_PATH_MAX; end++) {
        bool is_end = end == line.len || text_is_blank(line.at[end]);

        if (is_end && has_blank && text_copy((struct text){line.at + at, end - at}, tried, sizeof(tried)) &&
            doctor_folder(doctor, tried) == EXPORTS_FOLDER && exports_mac_quote(tried, kept, size))
            found = end;
        has_blank |= is_end;
    }
    return found;
}

struct text doctor_line(struct doctor *doctor, uint32_t number) {
    struct text line = {"", 0};
    struct text rest;

    if (number < doctor->line_number || !doctor->line_number) {
        doctor->line_number = 1;
        doctor->line_offset = 0;
    }
    rest = (struct text){doctor->exports.text + doctor->line_offset, doctor->exports.size - doctor->line_offset};
    while (rest.at && doctor->line_number <= number) {
        doctor->line_offset = (size_t)(rest.at - doctor->exports.text);
        line = text_cut(&rest, '\n');
        if (doctor->line_number == number)
            return line;
        doctor->line_number++;
    }
    return (struct text){"", 0};
}

bool doctor_spaced_path(struct doctor *doctor, uint32_t number, char *quoted, size_t size) {
    struct text line = doctor_line(doctor, number);

    for (size_t at = 0; at < line.len; at++)
        if (line.at[at] == '/' && (at == 0 || text_is_blank(line.at[at - 1])) &&
            find_spaced(doctor, line, at, quoted, size))
            return true;
    return false;
}
