/* SPDX-License-Identifier: MIT
 *
 * Finding and reading the peers; see peers.h. */
#include "interop/peers.h"

#include "interop/command.h"

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECK_TIMEOUT (20 * NS_PER_S)
#define LEVELS_ABOVE  4 /* build/PRESET/bin is three below the source tree */

static bool is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static bool has_file(const char *folder, const char *name)
{
    char path[1200];
    snprintf(path, sizeof(path), "%.900s/%.200s", folder, name);
    return access(path, R_OK) == 0;
}

/* ---- places ---- */

/* An absolute copy: commands may change their folder. */
static char *absolute(const char *path)
{
    struct buf whole = {0};
    char here[900];
    if (path[0] != '/' && getcwd(here, sizeof(here)))
        buf_printf(&whole, "%s/", here);
    buf_put_str(&whole, path);
    char *copy = whole.failed ? NULL : strdup(buf_str(&whole));
    buf_clear(&whole);
    return copy;
}

static char *find_self(void)
{
    char self[900];
    ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
    self[len > 0 ? len : 0] = '\0';
    return strdup(self);
}

static char *folder_of(const char *path)
{
    char *folder = path ? strdup(path) : NULL;
    char *slash = folder ? strrchr(folder, '/') : NULL;
    if (slash)
        *slash = '\0';
    return folder;
}

static char *find_cache(void)
{
    const char *named = getenv("GRPCSPEC_CACHE"), *home = getenv("HOME");
    char path[1000];
    snprintf(path, sizeof(path), "%.900s/.cache/grpcspec", home ? home : "");
    return strdup(named && *named ? named : path);
}

/* Is `path` the folder of peers? Remembers it as tried otherwise. */
static bool try_peers(struct places *places, const char *path, struct buf *tried)
{
    if (is_folder(path)) {
        struct buf root = {0};
        places->peers = absolute(path);
        buf_printf(&root, "%s/../..", places->peers ? places->peers : "");
        places->root = root.failed ? NULL : strdup(buf_str(&root));
        buf_clear(&root);
        return places->peers && places->root;
    }
    buf_printf(tried, "%s%s", tried->len ? ", " : "", path);
    return false;
}

static bool find_peers(struct places *places, const char *named, struct buf *tried)
{
    const char *variable = getenv("GRPCSPEC_PEERS");
    if (named)
        return try_peers(places, named, tried);
    if (variable && *variable)
        return try_peers(places, variable, tried);
    if (try_peers(places, "interop/peers", tried))
        return true;
    char path[1100], above[3 * LEVELS_ABOVE + 1] = "";
    for (int i = 0; i < LEVELS_ABOVE; i++) {
        strcat(above, "/..");
        snprintf(path, sizeof(path), "%.900s%s/interop/peers", places->bin, above);
        if (is_folder(path))
            return try_peers(places, path, tried);
    }
    buf_printf(tried, ", interop/peers in the %d folders above %s", LEVELS_ABOVE, places->bin);
    snprintf(path, sizeof(path), "%.900s/../share/grpcspec/peers", places->bin);
    return try_peers(places, path, tried);
}

/* The first folder of a shell pattern that has the certificates. */
static char *glob_certs(const char *pattern)
{
    glob_t found;
    char *certs = NULL;
    if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc && !certs; i++)
        if (has_file(found.gl_pathv[i], "server1.pem") && has_file(found.gl_pathv[i], "ca.pem"))
            certs = absolute(found.gl_pathv[i]);
    globfree(&found);
    return certs;
}

static char *find_certs(void)
{
    const char *named = getenv("GRPCREF_TESTDATA"), *modules = getenv("GOMODCACHE");
    const char *home = getenv("HOME");
    char path[1100];
    if (named && *named)
        return glob_certs(named);
    char *certs = glob_certs(
        "/usr/lib/*/rubygems-integration/*/gems/grpc-*/src/ruby/spec/testdata");
    if (certs)
        return certs;
    snprintf(path, sizeof(path), "%.900s%s/google.golang.org/grpc@*/testdata",
             modules ? modules : (home ? home : ""), modules ? "" : "/go/pkg/mod");
    return glob_certs(path);
}

bool places_find(struct places *places, const char *peers, const char *certs, char why[static 1024])
{
    struct buf tried = {0};
    *places = (struct places){.self = find_self(), .cache = find_cache()};
    places->bin = folder_of(places->self);
    bool ok = places->bin && places->cache && find_peers(places, peers, &tried);
    if (!ok)
        snprintf(why, 1024,
                 "no folder of peers; tried %.600s. Name it by --peers DIR or $GRPCSPEC_PEERS",
                 buf_str(&tried));
    buf_clear(&tried);
    if (!ok)
        return false;
    places->certs = certs ? glob_certs(certs) : find_certs();
    if (certs && !places->certs) {
        snprintf(why, 1024, "--certs: there are no server1.pem and ca.pem in %.600s", certs);
        return false;
    }
    return true;
}

void places_clear(struct places *places)
{
    free(places->peers);
    free(places->root);
    free(places->self);
    free(places->bin);
    free(places->cache);
    free(places->certs);
    *places = (struct places){0};
}

/* ---- peers ---- */

static bool add_peer(struct peers *peers, const char *folder, char why[static 512])
{
    struct peer *items = realloc(peers->items, (peers->count + 1) * sizeof(*items));
    if (!items) {
        snprintf(why, 512, "out of memory");
        return false;
    }
    peers->items = items;
    items[peers->count] = (struct peer){0};
    return manifest_load(&items[peers->count++].manifest, folder, why);
}

static bool load_manifests(struct peers *peers, const char *folder, char why[static 512])
{
    struct dirent **entries;
    int count = scandir(folder, &entries, NULL, alphasort);
    bool ok = count >= 0;
    if (!ok)
        snprintf(why, 512, "cannot read the folder %.300s: %s", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char path[1200];
        snprintf(path, sizeof(path), "%.900s/%.255s", folder, entries[i]->d_name);
        if (ok && entries[i]->d_name[0] != '.' && has_file(path, MANIFEST_NAME))
            ok = add_peer(peers, path, why);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    if (ok && peers->count == 0)
        snprintf(why, 512, "no folder in %.300s has a file 'manifest'", folder);
    return ok && peers->count > 0;
}

static void case_clear(struct peer_case *test_case)
{
    free(test_case->name);
    free(test_case->server);
    free(test_case->asked);
}

/* words: NULL where the line has no more. */
static bool add_case(struct peers *peers, char *const words[static 3], char why[static 512])
{
    struct peer_case *cases = realloc(peers->cases, (peers->case_count + 1) * sizeof(*cases));
    struct peer_case copy = {.name = strdup(words[0])};
    if (words[1])
        copy.server = strdup(words[1]);
    if (words[2])
        copy.asked = strdup(words[2]);
    if (cases)
        peers->cases = cases;
    if (cases && copy.name && !copy.server == !words[1] && !copy.asked == !words[2]) {
        cases[peers->case_count++] = copy;
        return true;
    }
    case_clear(&copy);
    snprintf(why, 512, "out of memory");
    return false;
}

static bool take_case_line(struct peers *peers, char *line, char why[static 512])
{
    char *words[3] = {NULL}, *rest = NULL;
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        words[i] = strtok_r(i == 0 ? line : NULL, " \t\r\n", &rest);
    return !words[0] || words[0][0] == '#' || add_case(peers, words, why);
}

static bool load_cases(struct peers *peers, const char *folder, char why[static 512])
{
    char path[1200], line[300];
    snprintf(path, sizeof(path), "%.900s/cases", folder);
    FILE *file = fopen(path, "r");
    if (!file) {
        snprintf(why, 512, "cannot read the list of test cases, %.300s: %s", path, strerror(errno));
        return false;
    }
    bool ok = true;
    while (ok && fgets(line, sizeof(line), file))
        ok = take_case_line(peers, line, why);
    fclose(file);
    if (ok && peers->case_count == 0)
        snprintf(why, 512, "%.300s lists no test case", path);
    return ok && peers->case_count > 0;
}

bool peers_load(struct peers *peers, const char *folder, char why[static 512])
{
    *peers = (struct peers){0};
    return load_manifests(peers, folder, why) && load_cases(peers, folder, why);
}

void peers_clear(struct peers *peers)
{
    for (size_t i = 0; i < peers->count; i++)
        manifest_clear(&peers->items[i].manifest);
    for (size_t i = 0; i < peers->case_count; i++)
        case_clear(&peers->cases[i]);
    free(peers->items);
    free(peers->cases);
    *peers = (struct peers){0};
}

static void check(struct peer *peer, const struct places *places)
{
    const struct manifest *manifest = &peer->manifest;
    struct words words = command_words(places, manifest);
    char why[256];
    if (!manifest->check)
        return;
    struct process *process = command_start(manifest->check, NULL, &words, NULL, why);
    bool ended = process && command_wait(process, clock_add(clock_now_ns(), CHECK_TIMEOUT), NULL);
    peer->absent = !ended || process_exit_code(process) != 0;
    process_stop(process);
    if (peer->absent)
        snprintf(peer->absent_why, sizeof(peer->absent_why), "%.60s is not installed: %.200s",
                 manifest->name, manifest->install);
}

void peers_check(struct peers *peers, const struct places *places,
                 bool (*wanted)(void *arg, const struct peer *peer), void *arg)
{
    for (size_t i = 0; i < peers->count; i++)
        if (!wanted || wanted(arg, &peers->items[i]))
            check(&peers->items[i], places);
}

bool peers_own_cases(const struct peers *peers, const char *server)
{
    for (size_t i = 0; i < peers->case_count; i++)
        if (peers->cases[i].server && strcmp(peers->cases[i].server, server) == 0)
            return true;
    return false;
}

bool peers_have_cell(const struct peers *peers, const struct peer_case *test_case,
                     const char *server)
{
    if (test_case->server)
        return strcmp(test_case->server, server) == 0;
    return !peers_own_cases(peers, server);
}

struct peer *peers_find(const struct peers *peers, const char *name)
{
    for (size_t i = 0; i < peers->count; i++)
        if (strcmp(peers->items[i].manifest.name, name) == 0)
            return &peers->items[i];
    return NULL;
}
