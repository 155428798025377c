/* SPDX-License-Identifier: MIT */
/* tables: prints the agent's tables, one row a line, fields between tabs, for test_agent_docs.py. */
#include "../../agent/settings/config.h"
#include "../../agent/settings/options.h"
#include "../../agent/engine/verdict_text.h"

#include <stdio.h>

int main(void) {
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    const struct verdict_context context = {"192.168.65.1", "/Users", "/Users", "", ""};
    struct evidence evidence = {.near_path = "/users", .detail = "rsize=x"};
    struct verdict verdict;

    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        const struct config_key_info *info = config_key_info(key);
        printf("key\t%s\t%s\t%s\n", info->name, info->fallback, info->meaning);
    }
    for (enum verdict_code code = VERDICT_OK; code < VERDICTS; code++) {
        verdict_make(code, code == VERDICT_CONFLICT ? NULL : &evidence, &context, &verdict);
        printf("verdict\t%s\t%s\t%s\t%s\n", verdict_name(code), levels[verdict_level(code)], verdict_meaning(code),
               verdict.fix);
    }
    for (enum verdict_cause cause = CAUSE_OK; cause < VERDICT_CAUSES; cause++)
        printf("cause\t%s\t%s\t%s\n", verdict_name(verdict_rows[cause].code), verdict_rows[cause].cause,
               verdict_rows[cause].fix);
    printf("options\t%s\n", OPTIONS_BUILT_IN);
    return 0;
}
