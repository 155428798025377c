/* SPDX-License-Identifier: MIT */
#include "cmdline.h"

#include <string.h>

struct cmdline cmdline_of(const char *text, size_t len) {
    return (struct cmdline){.text = text, .len = len};
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

/* Takes the word that starts at cmdline->at, with the spaces inside double quotes. */
static struct text take_word(struct cmdline *cmdline) {
    size_t start = cmdline->at;
    bool quoted = false;

    while (cmdline->at < cmdline->len && (quoted || !is_space(cmdline->text[cmdline->at]))) {
        if (cmdline->text[cmdline->at] == '"')
            quoted = !quoted;
        cmdline->at++;
    }
    return (struct text){cmdline->text + start, cmdline->at - start};
}

static struct text strip_quotes(struct text text) {
    if (text_take(&text, "\"") && text.len > 0 && text.at[text.len - 1] == '"')
        text.len--;
    return text;
}

bool cmdline_next(struct cmdline *cmdline, struct cmdline_arg *arg) {
    while (cmdline->at < cmdline->len && is_space(cmdline->text[cmdline->at]))
        cmdline->at++;
    if (cmdline->at >= cmdline->len)
        return false;

    arg->column = (uint32_t)(cmdline->at + 1);
    arg->value = strip_quotes(take_word(cmdline));
    arg->key = text_cut(&arg->value, '=');
    if (arg->value.at) {
        arg->value = strip_quotes(arg->value);
    } else if (text_is(arg->key, "--")) { /* also in quotes: kernel/params.c compares what next_arg() returns */
        cmdline->at = cmdline->len;
        return false;
    }
    return true;
}

bool cmdline_key_is(struct text key, const char *name) {
    if (strlen(name) != key.len)
        return false;
    for (size_t i = 0; i < key.len; i++) {
        char c = key.at[i] == '-' ? '_' : key.at[i];
        if (c != name[i])
            return false;
    }
    return true;
}
