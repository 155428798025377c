/* SPDX-License-Identifier: MIT */
/* A block put into any text is found again, is written as the same bytes a second time, and comes out without a trace.
 */
#include "../../packer/doctor/marked.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *write_block(const char *text, size_t size, const char *lines, size_t *out_size) {
    struct block block = block_find(text, size);
    char *out;

    if (block.answer != BLOCK_ABSENT && block.answer != BLOCK_FOUND)
        abort();
    if (block_write(text, size, &block, size == 0, lines, &out, out_size) < 0)
        abort();
    return out;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char lines[] = "# lines\n/Users -mapall=501:20 localhost\n";
    const char *text = (const char *)data;
    struct block block = block_find(text, size);
    char *once;
    char *twice;
    char *back;
    size_t once_size;
    size_t twice_size;
    size_t back_size;

    if (block.end > size || block.begin > block.end)
        abort();
    if (block.answer != BLOCK_ABSENT && block.answer != BLOCK_FOUND) {
        if (block.line == 0)
            abort();
        return 0;
    }
    once = write_block(text, size, lines, &once_size);
    twice = write_block(once, once_size, lines, &twice_size);
    if (twice_size != once_size || memcmp(once, twice, once_size) != 0 ||
        block_find(once, once_size).answer != BLOCK_FOUND)
        abort();
    back = write_block(twice, twice_size, NULL, &back_size);
    if (block.answer == BLOCK_ABSENT && (back_size != size || (size && memcmp(back, data, size) != 0)))
        abort();
    free(once);
    free(twice);
    free(back);
    return 0;
}
