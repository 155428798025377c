/* SPDX-License-Identifier: MIT */
#include "mountspec.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_digits(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

/* If the last part of a name is a number, the name must be an IPv4 address (RFC 1123, 2.1). */
static bool is_ipv4_or_name(struct text text) {
    struct text rest = text, last = {NULL, 0};
    char copy[CONFIG_SERVER_SIZE];
    struct in_addr address;

    if (!text_is_name(text) || !text_copy(text, copy, sizeof copy))
        return false;
    while (rest.at)
        last = text_cut(&rest, '.');
    return !is_digits(last) || inet_pton(AF_INET, copy, &address) == 1;
}

/* An address, which may have a "%" and a zone (RFC 4007) at its end. */
static bool is_ipv6(struct text text) {
    struct text zone = text, address = text_cut(&zone, '%');
    char copy[CONFIG_SERVER_SIZE];
    struct in6_addr in6;

    return text_copy(address, copy, sizeof copy) && inet_pton(AF_INET6, copy, &in6) == 1 &&
           (!zone.at || text_is_name(zone));
}

/* "HOST:PORT" or "[IPv6]:PORT". */
static bool has_port(struct text text) {
    size_t digits = 0;

    while (digits < text.len && text.at[text.len - 1 - digits] >= '0' && text.at[text.len - 1 - digits] <= '9')
        digits++;
    if (digits == 0 || text.len < digits + 2 || text.at[text.len - 1 - digits] != ':')
        return false;
    struct text host = {text.at, text.len - digits - 1};
    return host.at[host.len - 1] == ']' || is_ipv4_or_name(host);
}

static bool is_url(struct text text) {
    struct text rest = text, scheme = text_cut(&rest, ':');

    return text_is_name(scheme) && rest.len > 1 && rest.at[0] == '/' && rest.at[1] == '/';
}

enum config_reason mountspec_server(struct text text, char out[CONFIG_SERVER_SIZE]) {
    bool brackets = text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']';
    struct text inner = brackets ? (struct text){text.at + 1, text.len - 2} : text;

    if (is_url(text))
        return CONFIG_URL;
    if (is_ipv6(inner) || (!brackets && is_ipv4_or_name(text)))
        return text_copy(inner, out, CONFIG_SERVER_SIZE) ? CONFIG_OK : CONFIG_BAD_SERVER;
    return has_port(text) ? CONFIG_SERVER_PORT : CONFIG_BAD_SERVER;
}

/* Removes "//" and a trailing "/" from an absolute path, in place. Refuses the parts "." and "..", which give one
 * folder two names. */
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

/* Takes the server off the front of *rest. Brackets may hold colons. */
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
        *rest = text_skip(*rest, server.len);
        if (text_cut(rest, ':').len != 0 || !rest->at)
            return CONFIG_BAD_MOUNT;
    } else {
        server = text_cut(rest, ':');
        if (!rest->at)
            return CONFIG_BAD_MOUNT;
    }
    enum config_reason reason = mountspec_server(server, mount->server);
    struct text behind = *rest;
    if (reason == CONFIG_OK && is_digits(text_cut(&behind, ':')) && behind.at)
        return CONFIG_SERVER_PORT;
    return reason;
}

/* Whether `word` follows a blank in `text`. An escaped blank is \040. */
static bool has_word(struct text text, const char *word) {
    size_t len = strlen(word);

    for (size_t i = 1; i + len <= text.len; i++)
        if (text_is_blank(text.at[i - 1]) && memcmp(text.at + i, word, len) == 0)
            return true;
    return false;
}

/* Recognizes the forms that people paste: a URL, a line of fstab(5), a line of the Mac's /etc/exports. */
static enum config_reason foreign_form(struct text text) {
    static const struct {
        const char *word;
        enum config_reason reason;
    } words[] = {{"/", CONFIG_FSTAB},          {"nfs ", CONFIG_FSTAB},    {"nfs\t", CONFIG_FSTAB},
                 {"-alldirs", CONFIG_EXPORTS}, {"-map", CONFIG_EXPORTS},  {"-ro", CONFIG_EXPORTS},
                 {"-network", CONFIG_EXPORTS}, {"-sec=", CONFIG_EXPORTS}, {"-fspath", CONFIG_EXPORTS},
                 {"-offline", CONFIG_EXPORTS}};

    if (text.len > 0 && text.at[0] != '/' && is_url(text))
        return CONFIG_URL;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (has_word(text, words[i].word))
            return words[i].reason;
    return CONFIG_OK;
}

enum config_reason mountspec_read(struct text text, struct config_mount *mount) {
    enum config_reason reason = foreign_form(text);
    struct text export, target;

    if (reason != CONFIG_OK || (reason = read_server(&text, mount)) != CONFIG_OK)
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
    for (size_t len; *text; text += len > 0 ? len : 1) {
        len = text_visible(text);
        if (len == 0 || strchr(" \"\\#", *text) || strchr(special, *text))
            text_putf(out, "\\%03o", (unsigned)(unsigned char)*text);
        else
            text_put_text(out, (struct text){text, len});
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
