/* SPDX-License-Identifier: MIT */
#include "mountspec.h"

#include <string.h>

static bool is_server_char(char c, bool ipv6) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        return true;
    if (ipv6)
        return c == ':' || c == '.' || c == '%' || (c >= 'g' && c <= 'z');
    return (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}

bool mountspec_server(struct text text, char out[CONFIG_SERVER_SIZE]) {
    bool brackets = text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';

    if (brackets)
        text = (struct text){text.at + 1, text.len - 2};
    bool ipv6 = text.len > 0 && memchr(text.at, ':', text.len);
    if (text.len == 0 || text.at[0] == '-' || (brackets && !ipv6))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!is_server_char(text.at[i], ipv6))
            return false;
    return text_copy(text, out, CONFIG_SERVER_SIZE);
}

/* Take "//", a trailing "/" out of an absolute path, in place; refuse "." and ".." components, which would
 * make two names for one place. */
static bool normalise_path(char *path) {
    struct text rest = text_of(path);
    size_t len = 0;

    if (path[0] != '/')
        return false;
    while (rest.at) {
        struct text part = text_cut(&rest, '/');
        if (part.len == 0)
            continue;
        if (text_is(part, ".") || text_is(part, ".."))
            return false;
        path[len++] = '/';
        memmove(path + len, part.at, part.len);
        len += part.len;
    }
    if (len == 0)
        path[len++] = '/';
    path[len] = '\0';
    return true;
}

static enum config_reason read_path(struct text text, char out[CONFIG_PATH_SIZE]) {
    if (!text_unescape(text, out, CONFIG_PATH_SIZE))
        return text.len >= CONFIG_PATH_SIZE ? CONFIG_BAD_PATH : CONFIG_BAD_ESCAPE;
    return normalise_path(out) ? CONFIG_OK : CONFIG_BAD_PATH;
}

/* The part before ":/", which in brackets may itself hold colons. */
static enum config_reason read_server(struct text *rest, struct config_mount *mount) {
    struct text server = *rest;
    const char *close = NULL;

    mount->server[0] = '\0';
    if (rest->len > 0 && rest->at[0] == '/')
        return CONFIG_OK;
    if (rest->len > 0 && rest->at[0] == '[')
        close = memchr(rest->at, ']', rest->len);
    if (close) {
        server.len = (size_t)(close + 1 - rest->at);
        rest->at += server.len;
        rest->len -= server.len;
        if (text_cut(rest, ':').len != 0 || !rest->at)
            return CONFIG_BAD_MOUNT;
    } else {
        server = text_cut(rest, ':');
        if (!rest->at)
            return CONFIG_BAD_MOUNT;
    }
    return mountspec_server(server, mount->server) ? CONFIG_OK : CONFIG_BAD_SERVER;
}

enum config_reason mountspec_read(struct text text, struct config_mount *mount) {
    enum config_reason reason = read_server(&text, mount);
    struct text export, target;

    if (reason != CONFIG_OK)
        return reason;
    export = text_cut(&text, ':');
    if ((reason = read_path(export, mount->export)) != CONFIG_OK)
        return reason;
    target = text.at ? text_cut(&text, ':') : export;
    if ((reason = read_path(target, mount->target)) != CONFIG_OK)
        return reason;
    mount->options[0] = '\0';
    if (text.at && !text_unescape(text, mount->options, sizeof mount->options))
        return CONFIG_BAD_ESCAPE;
    return strcmp(mount->target, "/") == 0 ? CONFIG_NO_TARGET : CONFIG_OK;
}

void mountspec_escape(const char *text, const char *special, struct text_out *out) {
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7f || *c == '"' || *c == '\\' || *c == '#' || strchr(special, *c))
            text_putf(out, "\\%03o", (unsigned)(unsigned char)*c);
        else
            text_put_char(out, *c);
    }
}

static void put_server(const char *server, struct text_out *out) {
    text_putf(out, strchr(server, ':') ? "[%s]:" : "%s:", server);
}

void mountspec_source(const char *server, const char *export, struct text_out *out) {
    put_server(server, out);
    text_put(out, export);
}

void mountspec_write(const struct config_mount *mount, struct text_out *out) {
    if (mount->server[0])
        put_server(mount->server, out);
    mountspec_escape(mount->export, ":", out);
    text_put_char(out, ':');
    mountspec_escape(mount->target, ":", out);
    if (mount->options[0]) {
        text_put_char(out, ':');
        mountspec_escape(mount->options, "", out);
    }
}

bool mountspec_is_below(const char *inner, const char *outer) {
    size_t len = strlen(outer);

    return strncmp(inner, outer, len) == 0 && (inner[len] == '\0' || inner[len] == '/' || strcmp(outer, "/") == 0);
}
