/* SPDX-License-Identifier: MIT
 *
 * See common_testcerts.h. */
#include "tools/common_testcerts.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The last path that matches FOLDER/name: of several versions, the newest as a rule. */
static bool find_in(const char *folder, const char *name, char *path, size_t path_size)
{
    char pattern[1024];
    glob_t found;
    bool fits = false;

    if (snprintf(pattern, sizeof(pattern), "%s/%s", folder, name) >= (int)sizeof(pattern))
        return false;
    if (glob(pattern, 0, NULL, &found) != 0)
        return false;
    const char *last = found.gl_pathv[found.gl_pathc - 1];
    if (strlen(last) < path_size) {
        strcpy(path, last);
        fits = true;
    }
    globfree(&found);
    return fits;
}

static bool find_in_module_cache(const char *root, const char *below, const char *name, char *path,
                                 size_t path_size)
{
    char folder[512];
    int len = snprintf(folder, sizeof(folder), "%s%s/google.golang.org/grpc@*/testdata", root,
                       below);
    return len < (int)sizeof(folder) && find_in(folder, name, path, path_size);
}

bool testcerts_find(const char *name, char *path, size_t path_size)
{
    static const struct {
        const char *variable;
        const char *below;
    } caches[] = {{"GOMODCACHE", ""}, {"GOPATH", "/pkg/mod"}, {"HOME", "/go/pkg/mod"}};

    const char *own = getenv("GRPCREF_TESTDATA");
    if (own != NULL)
        return find_in(own, name, path, path_size);
    if (find_in("/usr/lib/*/rubygems-integration/*/gems/grpc-*/src/ruby/spec/testdata", name, path,
                path_size))
        return true;
    for (size_t i = 0; i < ARRAY_LEN(caches); i++) {
        const char *root = getenv(caches[i].variable);
        if (root != NULL && find_in_module_cache(root, caches[i].below, name, path, path_size))
            return true;
    }
    return false;
}
