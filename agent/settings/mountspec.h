/* SPDX-License-Identifier: MIT */
/*
 * mountspec: one `mount` value, `[SERVER:]/EXPORT[:/TARGET[:OPTIONS]]`, read and written.
 *
 * PURE. The text is split at its colons first and each part is unescaped after (text_unescape()), so a
 * colon inside a path is written \072. TARGET defaults to EXPORT.
 */
#ifndef USERMOUNT_MOUNTSPEC_H
#define USERMOUNT_MOUNTSPEC_H

#include "config.h"

/* Read `text` into *mount; `origin` is left alone. Faults as enum config_reason; *mount is then garbage, but for
 * CONFIG_NO_TARGET, where only the target cannot be used. */
enum config_reason mountspec_read(struct text text, struct config_mount *mount);

void mountspec_write(const struct config_mount *mount, struct text_out *out);

/* "192.168.65.1:/Users", "[2001:db8::1]:/Users"; nothing is escaped. */
void mountspec_source(const char *server, const char *export, struct text_out *out);

/* Check and normalise a server: a host name (RFC 1123), IPv4, IPv6 with or without brackets, "gateway".
 * The brackets are taken away. CONFIG_URL, CONFIG_SERVER_PORT or CONFIG_BAD_SERVER: none of these. */
enum config_reason mountspec_server(struct text text, char out[CONFIG_SERVER_SIZE]);

/* Append `text` so that text_unescape() gives it back: blanks, quotes, "\", "#", every byte of `special` and what
 * text_visible() would not show become \ooo. */
void mountspec_escape(const char *text, const char *special, struct text_out *out);

/* Whether `inner` is `outer` or lies below it; both normalised. */
bool mountspec_is_below(const char *inner, const char *outer);

#endif
