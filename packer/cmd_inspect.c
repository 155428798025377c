/* SPDX-License-Identifier: MIT */
/* inspect: lists what the kernel sees in an image. usermount-pack(1) documents the porcelain lines. */
#include "image/purpose.h"
#include "cmd.h"
#include "cmd_common.h"
#include "image/sniff.h"
#include "output/say.h"

#include <inttypes.h>
#include <stdio.h>

static char type_letter(uint32_t mode) {
    switch (mode & NEWC_TYPE) {
    case NEWC_DIRECTORY:
        return 'd';
    case NEWC_SYMLINK:
        return 'l';
    case NEWC_BLOCK:
        return 'b';
    case NEWC_CHAR:
        return 'c';
    case NEWC_FIFO:
        return 'p';
    case NEWC_SOCKET:
        return 's';
    default:
        return 'f';
    }
}

static void print_segment(const struct scan_segment *segment, bool porcelain) {
    const struct segment *at = &segment->segment;

    printf(porcelain ? "segment=%u offset=%" PRIu64 " size=%" PRIu64 " compressor=%s entries=%" PRIu64
                       " unpacked=%" PRIu64 " trailer=%s overrides=%" PRIu64 " dropped=%" PRIu64 "\n"
                     : "%7u %11" PRIu64 " %11" PRIu64 " %-10s %8" PRIu64 " %11" PRIu64 "  %-3s %5" PRIu64 " %5" PRIu64
                       "\n",
           at->number, at->offset, at->size_bytes, segment_kind_name(at->kind), at->entries, at->unpacked_bytes,
           at->has_trailer ? "yes" : "no", segment->overrides, segment->drops);
}

static void print_note(const struct scan_note *note, bool porcelain) {
    if (porcelain) {
        printf("note=%s segment=%u before=%u path=", tree_effect_word(note->effect), note->segment, note->before);
        say_word(stdout, note->path);
        if (note->error != TREE_OK) {
            fputs(" reason=", stdout);
            say_word(stdout, tree_error_text(note->error));
        }
    } else {
        printf("  %-9s %u", tree_effect_word(note->effect), note->segment);
        if (note->before)
            printf(" over %u", note->before);
        fputs("  /", stdout);
        say_plain(stdout, note->path[0] == '/' ? note->path + 1 : note->path);
        if (note->error != TREE_OK)
            printf(": %s", tree_error_text(note->error));
    }
    fputc('\n', stdout);
}

static void print_fault(const struct segment_fault *fault, bool porcelain) {
    if (!porcelain) {
        printf("  %s: ", fault_effect(fault->fault));
        say_fault(stdout, fault);
        fputc('\n', stdout);
        return;
    }
    printf("fault=%s stops=%s segment=%u offset=%" PRIu64, fault_word(fault->fault),
           fault_stops(fault->fault) ? "yes" : "no", fault->segment, fault->offset);
    if (fault->is_inside)
        printf(" inside=%" PRIu64, fault->inside_bytes);
    if (fault->path) {
        fputs(" path=", stdout);
        say_word(stdout, fault->path);
    }
    fputc('\n', stdout);
}

static int list_porcelain(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    ++*(uint64_t *)context;
    fputs("path=", stdout);
    say_word(stdout, path);
    printf(" inode=%u type=%c mode=%04o uid=%u gid=%u size=%" PRIu64 " links=%u segment=%u", inode,
           type_letter(stat->mode), (unsigned int)(stat->mode & 07777), stat->uid, stat->gid, stat->size_bytes,
           stat->links, stat->segment);
    if (type_letter(stat->mode) == 'f') {
        if (stat->is_cut)
            fputs(" crc32=cut", stdout);
        else
            printf(" crc32=%08x", stat->crc32);
    }
    if (type_letter(stat->mode) == 'b' || type_letter(stat->mode) == 'c')
        printf(" device=%u:%u", stat->special_major, stat->special_minor);
    if (stat->target) {
        fputs(" target=", stdout);
        say_word(stdout, stat->target);
    }
    fputc('\n', stdout);
    return 0;
}

static void print_mode(uint32_t mode) {
    static const char letters[] = "rwxrwxrwx";
    char text[11];

    text[0] = type_letter(mode) == 'f' ? '-' : type_letter(mode);
    for (int i = 0; i < 9; i++)
        text[1 + i] = mode & (0400u >> i) ? letters[i] : '-';
    text[10] = '\0';
    if (mode & 04000)
        text[3] = text[3] == 'x' ? 's' : 'S';
    if (mode & 02000)
        text[6] = text[6] == 'x' ? 's' : 'S';
    if (mode & 01000)
        text[9] = text[9] == 'x' ? 't' : 'T';
    fputs(text, stdout);
}

static int list_people(void *context, const char *path, tree_id inode, const struct tree_stat *stat) {
    ++*(uint64_t *)context;
    (void)inode;
    print_mode(stat->mode);
    printf(" %2u %u:%u %10" PRIu64 " [%u] /", stat->links, stat->uid, stat->gid, stat->size_bytes, stat->segment);
    say_plain(stdout, path);
    if (stat->target) {
        fputs(" -> ", stdout);
        say_plain(stdout, stat->target);
    }
    fputc('\n', stdout);
    return 0;
}

static void print_census(const struct census *census, const struct scan *scan, bool porcelain) {
    const char *arch = content_machine_name(census->machine);

    if (porcelain) {
        printf("names=%" PRIu64 " arch=%s openrc=%s docker=%s rpcbind=%s busybox=%s nfs=", tree_names(scan->tree),
               arch ? arch : "unknown", census->has_openrc ? "yes" : "no", census->has_docker ? "yes" : "no",
               census->has_rpcbind ? "yes" : "no", census->has_busybox ? "yes" : "no");
        say_word(stdout, census_nfs_name(census->nfs));
        fputc('\n', stdout);
        return;
    }
    printf("\n%s, OpenRC: %s, docker: %s, rpcbind: %s, busybox: %s, NFS: %s\n", arch ? arch : "no program found",
           census->has_openrc ? "yes" : "no", census->has_docker ? "yes" : "no", census->has_rpcbind ? "yes" : "no",
           census->has_busybox ? "yes" : "no", census_nfs_name(census->nfs));
}

static void print_scan(const struct scan *scan, bool porcelain) {
    if (!porcelain)
        puts("segment      offset        size compressor  entries    unpacked end  over  drop");
    for (size_t i = 0; i < scan->segment_count; i++)
        print_segment(&scan->segments[i], porcelain);
    if (!porcelain && scan->note_count)
        puts("\nChanges by later entries to files of earlier segments, and entries without effect:");
    for (size_t i = 0; i < scan->note_count; i++)
        print_note(&scan->notes[i], porcelain);
    if (scan->notes_seen > scan->note_count)
        printf(porcelain ? "notes_left_out=%" PRIu64 "\n" : "  and %" PRIu64 " more\n",
               scan->notes_seen - scan->note_count);
    if (!porcelain && scan->fault_count)
        puts("\nFaults:");
    for (size_t i = 0; i < scan->fault_count; i++)
        print_fault(&scan->faults[i], porcelain);
    if (scan->faults_seen > scan->fault_count)
        printf(porcelain ? "faults_left_out=%" PRIu64 "\n" : "  and %" PRIu64 " more\n",
               scan->faults_seen - scan->fault_count);
}

/* Lists all names except those whose paths are too long for any system call. Returns 0 or -1. */
static int print_list(const struct tree *tree, bool porcelain) {
    uint64_t listed = 0;
    int rc = tree_walk(tree, porcelain ? list_porcelain : list_people, &listed);

    if (rc == 0 && listed < tree_names(tree))
        printf(porcelain ? "names_left_out=%" PRIu64 "\n"
                         : "and %" PRIu64 " names in folders whose paths have 4096 bytes or more\n",
               tree_names(tree) - listed);
    return rc;
}

static void print_lost(void *context, const char *path) {
    if (*(const bool *)context) {
        fputs("empty_on_linux_4=", stdout);
        say_word(stdout, path);
    } else {
        fputs("  /", stdout);
        say_plain(stdout, path);
    }
    fputc('\n', stdout);
}

/* Lists the files that are empty on Docker for Mac's kernels. Returns 0 or -ENOMEM. */
static int print_all_lost(const struct image *image, bool porcelain) {
    struct lost lost;
    int rc = cmd_find_lost(&lost, image->bytes, image->size);

    if (rc == 0 && lost.count && !porcelain)
        puts("\nEmpty on Docker for Mac's kernels, Linux 4.4 and 4.9:");
    if (rc == 0)
        rc = lost_walk(&lost, print_lost, &porcelain);
    lost_free(&lost);
    return rc;
}

static int inspect(const struct arguments *arguments, const struct image *image, struct scan *scan) {
    struct census census;
    int rc = 0;

    if (census_take(scan->tree, &census) < 0)
        return say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    print_scan(scan, arguments->porcelain);
    if (scan->quirks_seen)
        rc = print_all_lost(image, arguments->porcelain);
    print_census(&census, scan, arguments->porcelain);
    if (rc == 0 && arguments->list)
        rc = print_list(scan->tree, arguments->porcelain);
    if (rc)
        return say_error(SAY_SYSTEM, "read", image->path, "out of memory");
    fflush(stdout);
    return cmd_refuse_faults("accept", image, scan);
}

int cmd_inspect(const struct arguments *arguments) {
    struct scan_options options = {.with_crc = arguments->list, .with_notes = true};
    struct packed packed;
    struct image image;
    struct scan scan;
    int code = cmd_open(arguments, true, &image);

    if (code)
        return code;
    packed = packed_look(image.bytes, image.size);
    if (packed.state == PACKED_FOREIGN) {
        code = cmd_refuse_state(&image, &packed);
        image_close(&image);
        return code;
    }
    code = cmd_scan("reading", image.bytes, image.size, &options, &scan);
    if (code < 0)
        code = say_error(SAY_SYSTEM, "read", image.path, "out of memory");
    else
        code = inspect(arguments, &image, &scan);
    scan_free(&scan);
    image_close(&image);
    return code;
}
